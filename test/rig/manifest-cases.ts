/** Parameters of shipped taskservs: good ones, and bad ones with a part of what is said about them. */
export const GOOD: readonly (readonly [string, Record<string, unknown>])[] = [
  ['nginx', {}],
  ['nginx', { port: 8080, server_name: '*.example.org', root: '/srv/www', index: 'anything $(at) all\n"\'' }],
  ['os', { packages: ['curl', 'tree=2.1.0-1'], sysctl: { 'net.core.somaxconn': '1024' }, open: ['80/tcp'] }],
  ['os', { users: [{ name: 'shop', groups: ['adm'], sudo: true }] }],
  [
    'haproxy',
    {
      backends: [
        { server: 'web-1', port: 80 },
        { address: '10.0.0.1', port: 80, weight: 2 },
      ],
    },
  ],
  ['postgres', { users: [{ name: 'it\'s "odd"', password: 'DB_PASSWORD' }], settings: { work_mem: '8MB' } }],
  ['etcd', { heartbeat_ms: 200 }],
  ['containerd', { systemd_cgroup: false }],
];

export const BAD: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ['nginx', { prot: 80 }, 'prot'],
  ['nginx', { port: '80' }, 'port must be'],
  ['nginx', { port: 80.5 }, 'port must be'],
  ['nginx', { port: 0 }, 'port must be at least 1'],
  ['nginx', { port: 65_536 }, 'port must be at most 65535'],
  ['nginx', { server_name: 'a; include /etc/shadow' }, 'server_name'],
  ['nginx', { root: '/srv/$(id)' }, 'root'],
  ['nginx', { proxy: 'http://x;}' }, 'proxy'],
  ['os', { packages: ['-o=x'] }, 'packages[0]'],
  ['os', { packages: 'curl' }, 'packages must be'],
  ['os', { users: [{ groups: [] }] }, 'users[0].name is missing'],
  ['os', { users: [{ name: 'x', sudoer: true }] }, 'sudoer'],
  ['os', { users: [{ name: 'x', authorized_keys: ['ssh-ed25519 AAAA\nssh-rsa BBBB'] }] }, 'authorized_keys[0]'],
  ['os', { sysctl: { 'net.core.somaxconn': 'a\nb' } }, 'somaxconn'],
  ['haproxy', {}, 'backends is missing'],
  ['haproxy', { backends: [{ address: 'x y', port: 1 }] }, 'backends[0].address'],
  ['postgres', { users: [{ name: 'a', password: 'secret of mine!' }] }, 'credentials'],
  ['postgres', { listen: ["'; DROP"] }, 'listen[0]'],
  ['etcd', { token: 'a"b' }, 'token'],
  ['containerd', { sandbox_image: 'x"' }, 'sandbox_image'],
];
