import { z } from 'zod';

/** `template list`. */
export const list = z.array(
  z.object({
    kind: z.enum(['taskserv', 'workflow', 'workspace', 'template']),
    name: z.string(),
    summary: z.string(),
    /** File or folder, absolute. */
    path: z.string(),
  }),
);

/** `template render`: what came out, or the files that it was written to. */
export const rendered = z.union([z.object({ texts: z.array(z.string()) }), z.object({ outputs: z.array(z.string()) })]);
