import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { Bench } from './nushell.ts';
import type { Outcome } from './nushell.ts';

interface ServerRecord {
  readonly facts: { readonly root: string; readonly address: string };
}

/** A bench with the few things that tests about clusters do again and again. */
export class ClusterBench extends Bench {
  static override async make(): Promise<ClusterBench> {
    const { root } = await Bench.make();
    return new ClusterBench(root);
  }

  /** Throws where one could not be made: what follows would only puzzle. */
  async createServers(...names: readonly string[]): Promise<void> {
    for (const { exit, output } of await Promise.all(
      names.map((id) => this.run({ type: 'server.create', id, provider: 'local' })),
    ))
      if (exit !== 0) throw new Error(output);
  }

  server = (name: string): ServerRecord => this.inventory['servers']?.[name] as ServerRecord;

  kubernetes = (servers: readonly string[], params: Record<string, unknown> = {}, id = 'k8s'): Promise<Outcome> =>
    this.run({ type: 'taskserv.create', id, params: { name: 'kubernetes', servers, ...params } });

  cluster = (name: string, params: Record<string, unknown>): Promise<Outcome> =>
    this.run({ type: 'cluster.create', id: name, params });

  kubeadm = (name: string): Promise<unknown[]> => this.#documents(name, 'etc/kubernetes/kubeadm.yaml');

  manifests = (server: string, app: string): Promise<unknown[]> =>
    this.#documents(server, `etc/kubernetes/apps/${app}.yaml`);

  async #documents(server: string, path: string): Promise<unknown[]> {
    const yaml = await readFile(join(this.server(server).facts.root, path), 'utf8');
    return [...parseAllDocuments(yaml)].map((document) => document.toJS() as unknown);
  }
}
