import { existsSync } from 'node:fs';
import { isDamaged } from '../../domain/damaged.ts';
import type { StoreState } from '../../ports/store-state.ts';
import { backupsIn } from './backup.ts';
import { demandPresent, demandSound } from './damage.ts';
import { liftHold, readHold } from './hold.ts';
import { openToAsk } from './open.ts';

export const createStoreState = (at: { store: string; backups: string; restored: string }): StoreState => ({
  restored: () => readHold(at.restored),
  lift: (restored) => {
    liftHold(at.restored, restored);
  },
  damage() {
    try {
      demandPresent(at.store, backupsIn(at.backups).length > 0);
      if (existsSync(at.store)) look(at.store);
      return undefined;
    } catch (error) {
      if (isDamaged(error)) return error instanceof Error ? error.message : String(error);
      throw error;
    }
  },
});

function look(store: string): void {
  const database = openToAsk(store);
  try {
    demandSound(database);
  } finally {
    database.close();
  }
}
