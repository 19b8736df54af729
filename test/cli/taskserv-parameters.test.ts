import { describe, expect } from 'vitest';
import { test } from '../rig/cli-test.ts';

const DOCUMENTS: Readonly<Record<string, string>> = {
  'w.toml': `name = "w"
[[operations]]
id = "web"
type = "taskserv.create"
params = { name = "nginx", servers = ["a"], prot = 8080 }
`,
  'w.yaml': `name: w
operations:
  - id: web
    type: taskserv.create
    params: { name: nginx, servers: [a], prot: 8080 }
`,
  'w.json': `{ "name": "w", "operations": [
  { "id": "web", "type": "taskserv.create",
    "params": { "name": "nginx", "servers": ["a"], "prot": 8080 } }] }
`,
};
const PLACES = { 'w.toml': '5:52', 'w.yaml': '5:48', 'w.json': '3:60' };

describe('a parameter that the manifest of a taskserv does not know', () => {
  test.for(Object.entries(PLACES))(
    'is refused at its place, and nothing is accepted: %s',
    async ([file, place], { home, provisioning }) => {
      home.write(file, DOCUMENTS[file] ?? '');
      for (const command of ['workflow validate', 'workflow submit', 'workflow run']) {
        const ran = await provisioning(`${command} ${file}`);
        expect(ran.code).toBe(2);
        expect(ran.stderr).toContain('"prot" is no parameter');
        expect(ran.stderr).toContain(`${file}:${place}`);
        expect(ran.stderr).toContain('Did you mean "port"?');
      }
      expect((await provisioning('workflow list --json')).json()).toEqual([]);
    },
  );

  test('is refused in a taskserv of one’s own too', async ({ home, provisioning }) => {
    home.write(
      'taskservs/motd/manifest.toml',
      'name = "motd"\nsystems = ["debian-12"]\n[params.text]\ntype = "string"\n',
    );
    home.write('taskservs/motd/taskserv.nu', 'export def configure [context: record, host: record] { [] }\n');
    const params = { name: 'motd', servers: ['a'], text: 7 };
    home.write('w.json', JSON.stringify({ name: 'w', operations: [{ id: 'm', type: 'taskserv.create', params }] }));
    expect((await provisioning('workflow validate w.json')).stderr).toContain('"text" must be a string; found 7');
    home.write(
      'w.json',
      JSON.stringify({
        name: 'w',
        operations: [{ id: 'm', type: 'taskserv.create', params: { ...params, text: 'hi' } }],
      }),
    );
    expect((await provisioning('workflow validate w.json')).code).toBe(0);
  });
});

test('a parameter that a shipped operation never reads is refused at its place', async ({ home, provisioning }) => {
  home.write(
    'w.toml',
    `name = "w"
[[operations]]
id = "web-1"
type = "server.create"
params = { plan = "large", force = true }
[[operations]]
id = "shop"
type = "app.deploy"
params = { cluster = "k8s", replica = 3 }
`,
  );
  for (const command of ['workflow validate', 'workflow submit', 'workflow run']) {
    const ran = await provisioning(`${command} w.toml`);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/server\.create has no parameter "force"[^]*w\.toml:5:36/);
    expect(ran.stderr).toMatch(/app\.deploy has no parameter "replica"[^]*w\.toml:9:39[^]*Did you mean "replicas"\?/);
  }
});
