import { z } from 'zod';

const template = z.object({
  kind: z.enum(['taskserv', 'workflow', 'workspace', 'template']),
  name: z.string(),
  summary: z.string(),
  /** File or folder, absolute. */
  path: z.string(),
});

/** `template list`. */
export const list = z.array(template);

/** `template show`. */
export const shown = template.extend({
  /** The file; of a folder its manifest.toml, or the names of what lies in it. */
  text: z.string(),
});

/** `template render`: what came out, or the files that it was written to. */
export const rendered = z.union([z.object({ texts: z.array(z.string()) }), z.object({ outputs: z.array(z.string()) })]);
