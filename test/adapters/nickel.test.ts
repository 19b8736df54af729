import { execFile } from 'node:child_process';
import { readdir, symlink, writeFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createNickel } from '../../src/adapters/nickel/evaluate.ts';
import { adapter, library, readModule, useNickel } from './nickel-rig.ts';

const { nickel, folder, write, valueOf, failuresIn, failuresOf } = useNickel();

// Some definitions are heavy on purpose; the machine may have other things to do.
const HEAVY = { timeout: 60_000 };

describe('a definition without errors', HEAVY, () => {
  test('is exported as plain data, without fields that are not exported', async () => {
    const value = await valueOf(
      '{ a = 1, b = "ä", c = [true, null, { d = 0.5 }], hidden | not_exported = fun x => x }',
    );
    expect(value).toEqual({ a: 1, b: 'ä', c: [true, null, { d: 0.5 }] });
  });

  test('imports other files relative to itself, in Nickel and in JSON', async () => {
    await write('parts/size.ncl', '{ size = (import "more.json").size + 1 }');
    await write('parts/more.json', '{ "size": 2 }');
    expect(await valueOf('import "parts/size.ncl"')).toEqual({ size: 3 });
  });

  test('may lie below folders with spaces and letters of any alphabet', async () => {
    await write('mein Ordner/größe 大.ncl', '5');
    const file = await write('mein Ordner/überall 世界.ncl', '{ n = import "größe 大.ncl" }');
    expect(await nickel.evaluate(file)).toEqual({ ok: true, value: { n: 5 } });
  });

  test('may be reached through symbolic links, and then imports from where the link lies', async () => {
    await write('real/main.ncl', 'import "part.ncl"');
    await write('links/part.ncl', '"beside the link"');
    await symlink(join(folder(), 'real/main.ncl'), join(folder(), 'links/main.ncl'));
    await symlink(join(folder(), 'links'), join(folder(), 'linked'));
    const file = join(folder(), 'linked/main.ncl');
    expect(await nickel.evaluate(file)).toEqual({ ok: true, value: 'beside the link' });
  });

  test('may amount to 20,000 operations, more than a megabyte of JSON', async () => {
    const value = (await valueOf(`
      let provisioning = import "provisioning/workflow.ncl" in
      let operation = fun n => { id = "op-%{std.to_string n}", type = "command.run", params = { argv = ["true"] } } in
      { name = "many", operations = std.array.generate operation 20000 } | provisioning.Workflow`)) as {
      operations: { id: string }[];
    };
    expect(value.operations).toHaveLength(20_000);
    expect(value.operations[19_999]?.id).toBe('op-19999');
    expect(JSON.stringify(value).length).toBeGreaterThan(2 ** 20);
  });

  test('may be nested 5,000 deep', async () => {
    expect(JSON.stringify(await valueOf(`${'['.repeat(5000)}${']'.repeat(5000)}`))).toHaveLength(10_000);
  });
});

describe('evaluations do not know of each other', HEAVY, () => {
  test('a file that changed in between is read again, and so is what it imports', async () => {
    const part = await write('changing-part.ncl', '1');
    const file = await write('changing.ncl', '{ a = 1, part = import "changing-part.ncl" }');
    expect(await nickel.evaluate(file)).toEqual({ ok: true, value: { a: 1, part: 1 } });
    await writeFile(part, '2');
    await writeFile(file, '{ b = 2, part = import "changing-part.ncl" }');
    expect(await nickel.evaluate(file)).toEqual({ ok: true, value: { b: 2, part: 2 } });
  });

  test('one that fails leaves nothing behind for the next', async () => {
    await failuresOf('{ a = 1 +');
    await failuresOf('let rec f = fun x => f x + 1 in f 1');
    expect(await valueOf('{ a = 1 }')).toEqual({ a: 1 });
  });

  test('several at once all get their own answer', async () => {
    const files = await Promise.all([1, 2, 3, 4].map((n) => write(`at-once-${n}.ncl`, `{ n = ${n} }`)));
    const results = await Promise.all(files.map((file) => nickel.evaluate(file)));
    expect(results).toEqual([1, 2, 3, 4].map((n) => ({ ok: true, value: { n } })));
  });

  test('the folder of a definition is left as it was', async () => {
    const file = await write('alone/main.ncl', '{ a = 1 }');
    await nickel.evaluate(file);
    expect(await readdir(join(folder(), 'alone'))).toEqual(['main.ncl']);
  });

  test('a program that has evaluated ends by itself at once, and has printed nothing of its own', async () => {
    const file = await write('program.ncl', '{ a = 1 }');
    const evaluate = pathToFileURL(join(adapter, 'evaluate.ts')).href;
    const program = await write(
      'program.mjs',
      `import { readFile } from 'node:fs/promises';
       import { createNickel } from ${JSON.stringify(evaluate)};
       import { brotliDecompressSync } from 'node:zlib';
       const module = async () => brotliDecompressSync(await readFile(${JSON.stringify(join(adapter, 'nickel.wasm.br'))}));
       console.log(JSON.stringify(await createNickel({ module, importPaths: [] }).evaluate(${JSON.stringify(file)})));
       const evaluated = performance.now();
       process.on('exit', () => console.log(performance.now() - evaluated < 4000));`,
    );
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program]);
    expect({ stdout, stderr }).toEqual({ stdout: '{"ok":true,"value":{"a":1}}\ntrue\n', stderr: '' });
  });

  test('the module is asked for once', async () => {
    let asked = 0;
    const counting = createNickel({ module: () => (asked++, readModule()), importPaths: [] });
    const file = await write('once.ncl', '1');
    await Promise.all([counting.evaluate(file), counting.evaluate(file)]);
    await counting.evaluate(file);
    expect(asked).toBe(1);
  });
});

describe('errors in a definition', HEAVY, () => {
  test('a syntax error has its place, and a report with the line and a squiggle, without colours', async () => {
    const file = await write('syntax.ncl', '{\n  a = 1,\n  b = ) 2,\n}\n');
    const [failure] = await failuresIn(file);
    expect(failure?.message).toBe('unexpected token');
    expect(failure?.place).toEqual({ file, line: 3, column: 7 });
    expect(failure?.report).toBe(
      ['error: unexpected token', `  ┌─ ${file}:3:7`, '  │', '3 │   b = ) 2,', '  │       ^'].join('\n'),
    );
  });

  test('all syntax errors of a file are reported, each with its own place and report', async () => {
    const failures = await failuresOf('{\n  a = 1 +,\n  b = 2,\n  c = { d = * 3 },\n}\n');
    expect(failures.map(({ place }) => [place?.line, place?.column])).toEqual([
      [2, 10],
      [4, 13],
    ]);
    expect(failures[0]?.report).toContain('a = 1 +,');
    expect(failures[0]?.report).not.toContain('d = * 3');
    expect(failures[1]?.report).toContain('d = * 3');
  });

  test('columns count characters, not bytes', async () => {
    const [failure] = await failuresOf('{ "größe" = 1, b = "ß世界🎉" + 1 }');
    expect(failure?.place).toMatchObject({ line: 1, column: 20 });
    const [behind] = await failuresOf('{ b = "ß世界🎉" ++ (1 | String) }');
    expect(behind?.place).toMatchObject({ line: 1, column: 18 });
  });

  test('an error in an imported file is placed in that file', async () => {
    const part = await write('broken-part.ncl', '{\n  a = ,\n}');
    const [failure] = await failuresOf('import "broken-part.ncl"');
    expect(failure?.place).toEqual({ file: part, line: 2, column: 7 });
    expect(failure?.report).toContain('imported here');
  });

  test('a missing import says where it was looked for', async () => {
    const file = await write('importing.ncl', 'let x = 1 in\nimport "provisioning/nothing.ncl"');
    const [failure] = await failuresIn(file);
    expect(failure?.message).toContain('import of provisioning/nothing.ncl failed');
    expect(failure?.message).toContain(library);
    expect(failure?.place).toEqual({ file, line: 2, column: 1 });
  });

  test('an imported file that is not text is an error', async () => {
    await write('latin1.ncl', Buffer.from([0x22, 0xe4, 0x22]));
    const [failure] = await failuresOf('import "latin1.ncl"');
    expect(failure?.message).toContain('latin1.ncl');
  });

  test('a function cannot be exported, and the field is named', async () => {
    const [failure] = await failuresOf('{ f = fun x => x }');
    expect(failure?.place).toMatchObject({ line: 1, column: 7 });
    expect(failure?.report).toContain('When exporting field `f`');
  });

  test('a file that imports itself, and values that need each other, are infinite recursion', async () => {
    const [values] = await failuresOf('{ a = b, b = a }');
    expect(values?.message).toBe('infinite recursion');
    const [imports] = await failuresIn(await write('self.ncl', '{ a = (import "self.ncl").a }'));
    expect(imports?.message).toBe('infinite recursion');
  });

  test('a function that calls itself without an end is stopped', async () => {
    const [failure] = await failuresOf('let rec f = fun x => f x + 1 in f 1');
    expect(failure?.message).toBe('the evaluation ran out of memory');
    expect(failure?.place?.file).toBe(join(folder(), 'broken.ncl'));
  });

  test('nesting that exhausts the stack is an error', async () => {
    const [failure] = await failuresOf(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);
    expect(failure?.message).toBe('the evaluation ran out of stack');
  });

  test('an evaluation that takes too long is stopped, and the event loop goes on meanwhile', async () => {
    const impatient = createNickel({ module: readModule, importPaths: [], timeLimit: 100 });
    const file = await write(
      'long.ncl',
      'std.array.fold_left (fun x y => x + y) 0 (std.array.generate (fun x => x) 100000000)',
    );
    let turns = 0;
    const turning = setInterval(() => turns++, 5);
    const [failure] = await failuresIn(file, impatient);
    clearInterval(turning);
    expect(failure?.message).toBe('the evaluation was stopped after 0.1 s');
    expect(turns).toBeGreaterThan(3);
  });
});

describe('what is no readable file', () => {
  test('a missing file, a folder, and a path through a file are failures', async () => {
    const file = await write('plain.ncl', '1');
    const missing = join(folder(), 'missing.ncl');
    expect(await failuresIn(missing)).toMatchObject([
      { message: `cannot read ${missing}: there is no such file`, place: { file: missing } },
    ]);
    expect(await failuresIn(folder())).toMatchObject([{ message: `cannot read ${folder()}: it is a folder` }]);
    expect((await failuresIn(join(file, 'x.ncl')))[0]?.message).toContain('a part of its path is not a folder');
  });

  test('a device or a pipe is a failure', async () => {
    expect(await failuresIn(devNull)).toMatchObject([{ message: `cannot read ${devNull}: it is no ordinary file` }]);
  });

  test('a file that is not UTF-8 has the place of its first bad byte', async () => {
    const text = Buffer.concat([Buffer.from('{\n  ä = "\uFFFD'), Buffer.from([0xef, 0xbf, 0x22]), Buffer.from('\n}')]);
    const file = await write('bytes.ncl', text);
    expect(await failuresIn(file)).toMatchObject([
      { message: `${file} is not text in UTF-8`, place: { file, line: 2, column: 9 } },
    ]);
  });

  test('a byte order mark is named: it cannot be seen', async () => {
    const file = await write('marked.ncl', Buffer.from('\uFEFF{}'));
    expect(await failuresIn(file)).toMatchObject([
      {
        message: `${file} begins with a byte order mark, which Nickel does not understand`,
        place: { line: 1, column: 1 },
      },
    ]);
  });

  test('an empty file is a failure, not an empty definition', async () => {
    expect((await failuresOf(''))[0]?.message).toContain('unexpected end of file');
  });
});
