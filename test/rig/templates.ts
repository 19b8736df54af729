import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { folderFiles } from '../../src/adapters/templates/files.ts';
import { createTemplates } from '../../src/adapters/templates/templates.ts';
import type { Templates } from '../../src/ports/templates.ts';

export const templatesFolder = fileURLToPath(new URL('../../templates', import.meta.url));

/** The shipped templates with the real WASM module. */
export const shippedTemplates = (root = templatesFolder): Templates =>
  createTemplates({
    wasm: () => readFile(createRequire(import.meta.url).resolve('minijinja-js/dist/web/minijinja_js_bg.wasm')),
    files: folderFiles(root),
  });

/** Values that the shipped templates accept. */
export const node = { name: 'web-1', address: '127.16.0.1' };
export const cluster = {
  cluster: 'k8s',
  node,
  single: false,
  kubernetes_version: 'v1.34.1',
  control_plane_endpoint: '127.16.0.1:6443',
  pod_subnet: '10.244.0.0/16',
  service_subnet: '10.96.0.0/12',
};
export const app = { name: 'shop', image: 'shop:latest', replicas: 3, port: 8080, env: [{ name: 'A', value: 'b' }] };
export const CONTROL_PLANE = 'taskservs/kubernetes/control-plane.yaml';
export const WORKER = 'taskservs/kubernetes/worker.yaml';
export const APP = 'apps/app.yaml';
