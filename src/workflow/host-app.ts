import type { Fields } from './fields.ts';

/** Reports what is wrong with the parameters of an app on plain hosts. */
export function checkHostApp(params: Fields): void {
  params.names('servers');
  if (params.value('servers') !== undefined && params.value('cluster') !== undefined)
    params.fail('cluster', 'an app is on servers or on a cluster, not on both', 'Leave one of them out.');
  for (const key of ['source', 'user', 'health']) params.text(key);
  params.number('health_timeout', { min: 1, max: 3600, unit: 'seconds' });
  params.integer('keep', { min: 2, max: 100 });
  for (const key of ['command', 'secrets']) checkTexts(params, key);
}

function checkTexts(params: Fields, key: string): void {
  const hint = `Write ${key} = ["…"].`;
  const list = params.list(key, 'a list of strings', hint);
  if (list?.some((one) => typeof one !== 'string' || one.includes('\0')) === true)
    params.fail(key, `"${key}" must be a list of strings`, hint);
}
