import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EnvironmentError, ValueError } from '../../errors.ts';
import {
  codesOf,
  fromStorage,
  RandomState,
  readNpz,
  type Tensor,
  tensor,
  toFloat64,
} from '../../tensor/index.ts';
import { encodeFailure } from './file.ts';
import { FailureStore, type KeptFailure } from './index.ts';
import { found } from './testing/found.ts';

let dir: string;
let store: FailureStore;
beforeEach(() => {
  dir = path.join(mkdtempSync(path.join(tmpdir(), 'tilecheck-failures-')), 'failures');
  store = new FailureStore(dir);
});
afterEach(() => rmSync(path.dirname(dir), { recursive: true, force: true }));

const folder = (): string => path.join(dir, 'doubler');
const fileOf = (id: string): string => path.join(folder(), `${id}.npz`);

describe('keeping and loading', () => {
  it('gives back everything, oldest first', async () => {
    const first = await store.keep(found(1));
    const second = await store.keep(
      found(2, { level: 'state', path: null, diagnosis: null, evidence: 'ERT_CMD_STATE_TIMEOUT' }),
    );
    expect(first.dropped).toEqual([]);
    const { failures, damaged } = await new FailureStore(dir).load('doubler');
    expect(damaged).toEqual([]);
    const plain = (failure: object) => JSON.parse(JSON.stringify(failure));
    expect(plain(failures)).toEqual(plain([first.failure, second.failure].sort(byDateAndId)));
    expect(failures[0]).toMatchObject({ seed: 42, passes: 0, kernel: 'doubler' });
    expect(Array.from(toFloat64(failures.find(({ id }) => id === first.failure.id)!.actual!.y!))).toEqual([
      0, 2, 4, 6,
    ]);
  });

  it('a kernel without failures has none', async () => {
    expect(await store.load('doubler')).toEqual({ failures: [], damaged: [] });
    expect([...(await store.list())]).toEqual([]);
  });

  it('keeps every dtype to the last bit, NaN payloads of bf16 included', async () => {
    const codes = Uint16Array.of(0x3f80, 0x7fc1, 0xff81, 0x8000, 0x0001, 0x7f80);
    const inputs: Record<string, Tensor> = {
      b: fromStorage('bf16', [2, 3], codes),
      h: fromStorage('f16', [2], Uint16Array.of(0x3c01, 0x7e01)),
      w: tensor('int32', [2], [-(2 ** 31), 2 ** 31 - 1]),
      f: tensor('f32', [2], [0.1, -0]),
      u: tensor('uint8', [0], []),
    };
    await store.keep(found(0, { inputs }));
    const [kept] = (await store.load('doubler')).failures;
    for (const [name, t] of Object.entries(inputs)) {
      expect(kept!.inputs[name]!.dtype).toBe(t.dtype);
      expect(kept!.inputs[name]!.shape).toEqual(t.shape);
      expect(Array.from(codesOf(kept!.inputs[name]!))).toEqual(Array.from(codesOf(t)));
    }
  });

  it('writes an .npz that others read: bf16 as plain numbers, the description as JSON', async () => {
    const b = tensor('bf16', [2], [1.5, -2]);
    const { failure } = await store.keep(found(0, { inputs: { b } }));
    const arrays = readNpz(readFileSync(fileOf(failure.id)), 'file');
    expect([...arrays.keys()]).toEqual(['failure', 'inputs.b', 'expected.y', 'actual.y']);
    expect(arrays.get('inputs.b')!.dtype).toBe('f32');
    expect(Array.from(toFloat64(arrays.get('inputs.b')!))).toEqual([1.5, -2]);
    const json = Buffer.from(Uint8Array.from(toFloat64(arrays.get('failure')!))).toString();
    expect(JSON.parse(json)).toMatchObject({ version: 1, id: failure.id, bf16: ['inputs.b'] });
  });

  it('keeps the same inputs at the same level once, and others apart', async () => {
    const { failure } = await store.keep(found(1));
    const again = await store.keep(found(1, { seed: 7, evidence: 'another time' }));
    expect(again.failure).toMatchObject({ id: failure.id, createdAt: failure.createdAt, seed: 7 });
    await store.keep(found(1, { level: 'ideal' }));
    await store.keep(found(2));
    await store.keep(found(1, { inputs: { x: tensor('uint8', [2, 2], [1, 1, 2, 3]) } }));
    const { failures } = await store.load('doubler');
    expect(failures).toHaveLength(4);
    expect(failures.find(({ id }) => id === failure.id)?.evidence).toBe('another time');
  });

  it('hides the folder from git', async () => {
    await store.keep(found(1));
    expect(readFileSync(path.join(dir, '.gitignore'), 'utf8')).toBe('*\n');
  });
});

describe('the limit', () => {
  it('drops the oldest failures and says which, never the new one', async () => {
    const small = new FailureStore(dir, { limit: 3 });
    const ids: string[] = [];
    for (let value = 0; value < 5; value++) {
      const { failure, dropped } = await small.keep(found(value));
      ids.push(failure.id);
      expect(dropped.map(({ input }) => input)).toEqual(value < 3 ? [] : [`case ${value - 3}`]);
      // Dates have milliseconds.
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const { failures } = await small.load('doubler');
    expect(failures.map(({ id }) => id)).toEqual(ids.slice(2));
    const renewed = await small.keep(found(2));
    expect(renewed.dropped).toEqual([]);
  });

  it.each([{ dropAfter: 0 }, { limit: 0.5 }, { limit: Number.NaN }])('refuses %o', (options) => {
    expect(() => new FailureStore(dir, options)).toThrow(ValueError);
  });
});

describe('passes', () => {
  it('drops a failure after passes in a row only', async () => {
    let { failure } = await store.keep(found(1));
    failure = (await store.passed(failure))!;
    failure = (await store.passed(failure))!;
    expect(failure.passes).toBe(2);
    failure = await store.failedAgain(failure);
    expect((await store.load('doubler')).failures[0]!.passes).toBe(0);
    for (const passes of [1, 2]) expect((await store.passed(failure))?.passes).toBe(passes);
    expect(await store.passed(failure)).toBeNull();
    expect((await store.load('doubler')).failures).toEqual([]);
    expect(await store.passed(failure)).toBeNull();
  });

  it('a pass on another kind of device clears nothing', async () => {
    const once = new FailureStore(dir, { dropAfter: 1 });
    const { failure } = await once.keep(found(1, { device: { kind: 'xrt', name: 'NPU Phoenix' } }));
    const kept = await once.passed(failure, { kind: 'emulator', name: 'functional emulator' });
    expect(kept?.passes).toBe(0);
    expect(await once.passed(failure, { kind: 'xrt', name: 'another NPU' })).toBeNull();
  });

  it('a failure that somebody cleaned meanwhile does not come back by passing', async () => {
    const { failure } = await store.keep(found(1));
    await store.clean();
    expect(await store.passed(failure)).toBeNull();
    expect((await store.load('doubler')).failures).toEqual([]);
  });
});

describe('damage', () => {
  it.each<[string, (bytes: Uint8Array, kept: KeptFailure) => Uint8Array, string]>([
    ['is empty', () => new Uint8Array(), 'zip'],
    ['is cut off', (bytes) => bytes.slice(0, bytes.length / 2), 'zip'],
    ['has one bit flipped', (bytes) => bytes.map((byte, i) => (i === 100 ? byte ^ 1 : byte)), ''],
    [
      'is of a later version',
      (_, kept) => encodeFailure({ ...kept, version: 2 } as KeptFailure),
      'its version is 2',
    ],
    ['lacks a field', (_, kept) => encodeFailure({ ...kept, level: 'nonsense' as 'model' }), 'its level is'],
    [
      'holds other inputs',
      (_, kept) => encodeFailure({ ...kept, inputs: found(9).inputs }),
      'its inputs are not',
    ],
    ['holds no inputs', (_, kept) => encodeFailure({ ...kept, inputs: {} }), 'no inputs'],
    [
      'holds the failure of another kernel',
      (_, kept) => encodeFailure({ ...kept, kernel: 'other' }),
      'its inputs are not',
    ],
  ])('a file that %s is reported and set aside once; the others load', async (_, damage, reason) => {
    const good = await store.keep(found(1));
    const bad = await store.keep(found(2));
    const file = fileOf(bad.failure.id);
    writeFileSync(file, damage(readFileSync(file), bad.failure));
    const { failures, damaged } = await store.load('doubler');
    expect(failures.map(({ id }) => id)).toEqual([good.failure.id]);
    expect(damaged).toHaveLength(1);
    expect(damaged[0]!.file).toBe(file);
    expect(damaged[0]!.reason).toContain(reason);
    expect(path.dirname(damaged[0]!.movedTo!)).toBe(path.join(folder(), 'damaged'));
    expect(existsSync(damaged[0]!.movedTo!)).toBe(true);
    expect((await store.load('doubler')).damaged).toEqual([]);
    await store.keep(found(2));
    expect((await store.load('doubler')).failures).toHaveLength(2);
  });

  it('a failure under the name of another is damaged', async () => {
    const { failure } = await store.keep(found(1));
    writeFileSync(fileOf('0'.repeat(16)), readFileSync(fileOf(failure.id)));
    const { failures, damaged } = await store.load('doubler');
    expect(failures).toHaveLength(1);
    expect(damaged[0]!.reason).toContain(`holds failure ${failure.id}`);
  });

  it('an unfinished write is no failure', async () => {
    await store.keep(found(1));
    writeFileSync(path.join(folder(), '0123.npz.abc.tmp'), 'half');
    expect((await store.load('doubler')).damaged).toEqual([]);
  });

  it('a store that is a file names itself', async () => {
    writeFileSync(dir, 'not a folder');
    await expect(store.keep(found(1))).rejects.toThrow(EnvironmentError);
    await expect(store.list()).rejects.toThrow(dir);
  });
});

describe('listing and cleaning', () => {
  it('goes by kernel', async () => {
    await store.keep(found(1));
    await store.keep(found(1, { kernel: 'adder' }));
    await store.keep(found(2, { kernel: 'adder' }));
    const counts = async () =>
      [...(await store.list())].map(([kernel, { failures }]) => [kernel, failures.length]);
    expect(await counts()).toEqual([
      ['adder', 2],
      ['doubler', 1],
    ]);
    expect(await store.clean('adder')).toBe(2);
    expect(await store.clean('adder')).toBe(0);
    expect(await counts()).toEqual([['doubler', 1]]);
    expect(await store.clean()).toBe(1);
    expect(readdirSync(dir)).toEqual(['.gitignore']);
  });

  it.each(['../elsewhere', '', 'a/b', '.', 'a b'])(
    '%j is no kernel and never becomes a path',
    async (kernel) => {
      await expect(store.load(kernel)).rejects.toThrow(ValueError);
      await expect(store.clean(kernel)).rejects.toThrow(ValueError);
      await expect(store.keep(found(1, { kernel }))).rejects.toThrow(ValueError);
    },
  );
});

describe('concurrent runs', () => {
  it('several processes lose and corrupt nothing', async () => {
    const script = path.join(import.meta.dirname, 'testing', 'keep.ts');
    const run = promisify(execFile);
    const ranges = [
      [0, 12],
      [8, 20],
      [16, 28],
    ];
    await Promise.all(
      ranges.map(([from, to]) =>
        run(process.execPath, ['--import', 'jiti/register', script, dir, String(from), String(to)]),
      ),
    );
    const { failures, damaged } = await store.load('doubler');
    expect(damaged).toEqual([]);
    expect(failures.map(({ input }) => input).sort()).toEqual(
      Array.from({ length: 28 }, (_, i) => `case ${i}`).sort(),
    );
    expect(readdirSync(folder()).filter((name) => !name.endsWith('.npz'))).toEqual([]);
  });

  it('a reader never sees half a file', async () => {
    const x = new RandomState(1).randint(-128, 128, [2 ** 18], 'int8');
    const large = found(0, { inputs: { x } });
    await store.keep(large);
    let writing = true;
    const write = async () => {
      for (let i = 0; i < 10; i++) await store.keep(large);
      writing = false;
    };
    const read = async () => {
      while (writing) {
        const { failures, damaged } = await new FailureStore(dir).load('doubler');
        expect(damaged).toEqual([]);
        expect(failures).toHaveLength(1);
      }
    };
    await Promise.all([write(), read(), read()]);
  });

  it('keeping, passing and cleaning at once ends in a whole store', async () => {
    const stores = Array.from({ length: 4 }, () => new FailureStore(dir));
    await Promise.all(
      stores.map(async (one, which) => {
        for (let value = 0; value < 10; value++) {
          const { failure } = await one.keep(found(value % 5));
          if (which === 1) await one.passed(failure);
          if (which === 2) await one.load('doubler');
          if (which === 3 && value % 4 === 0) await one.clean('doubler');
        }
      }),
    );
    await store.keep(found(99));
    const { failures, damaged } = await store.load('doubler');
    expect(damaged).toEqual([]);
    expect(failures.map(({ input }) => input)).toContain('case 99');
  });
});

function byDateAndId(a: { createdAt: string; id: string }, b: { createdAt: string; id: string }): number {
  return a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id);
}
