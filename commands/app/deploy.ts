import { resolve } from 'node:path';
import * as Flags from '@oclif/core/flags';
import type { JsonRecord } from '../../src/domain/json.ts';
import { WORK_FLAGS } from '../common-flags.ts';
import { CreateCommand, given } from '../create-command.ts';
import type { Spread } from '../../src/domain/workflow.ts';
import { REQUIRED_NAMES } from '../names.ts';
import { SPREAD_FLAGS, spreadOf } from '../spread-flags.ts';

const APP_FLAGS = {
  cluster: Flags.string({ description: 'where to deploy', helpValue: 'NAME' }),
  image: Flags.string({ description: 'cluster: container image (NAME:latest)', helpValue: 'IMAGE' }),
  replicas: Flags.integer({ min: 0, description: 'cluster: how many copies (1)', helpValue: 'N' }),
  port: Flags.integer({ min: 1, max: 65_535, description: 'where it listens (cluster: 80)', helpValue: 'PORT' }),
  force: Flags.boolean({
    description: 'replace what the cluster has under this name; hosts: take it off those not named',
  }),
  server: Flags.string({ multiple: true, description: 'plain hosts instead of a cluster', helpValue: 'NAME' }),
  source: Flags.string({ description: 'hosts: an archive or a folder', helpValue: 'PATH' }),
  command: Flags.string({ description: 'hosts: the program, arguments after blanks', helpValue: 'LINE' }),
  user: Flags.string({ description: 'hosts: who it runs as (nobody)', helpValue: 'USER' }),
  health: Flags.string({ description: 'hosts: what has to answer over HTTP', helpValue: '/PATH' }),
  ...SPREAD_FLAGS,
};

export default class AppDeploy extends CreateCommand {
  static override flags = { ...WORK_FLAGS, ...APP_FLAGS };
  static override args = REQUIRED_NAMES;
  static override examples = [
    { description: 'On the only cluster', command: 'provisioning app deploy shop' },
    {
      description: 'Three copies on one of several',
      command: 'provisioning app deploy shop --cluster k1 --replicas 3',
    },
    {
      description: 'On plain hosts, one before the others; the version before comes back where it does not serve',
      command: 'provisioning app deploy shop --server web-1 --server web-2 --source dist --command ./serve --port 8080',
    },
  ];
  protected override readonly noun = 'app';

  protected override params(): JsonRecord {
    const { cluster, image, replicas, port, force, server, source, ...other } = this.flagsOf(APP_FLAGS);
    const { command, user, health } = other;
    const words = command?.split(' ').filter((word) => word !== '');
    const onHosts = { servers: server, source: source === undefined ? undefined : resolve(source), command: words };
    return { ...(force ? { force } : {}), ...given({ cluster, image, replicas, port, user, health, ...onHosts }) };
  }

  protected override spread(): Spread {
    return spreadOf(this.flagsOf(APP_FLAGS));
  }
}
