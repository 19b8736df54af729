/** How runs of commands are named that only compare (`show --drift`, `create --check`): they change nothing. */
export const COMPARING = { server: 'server.check', taskserv: 'taskserv.check' } as const;
