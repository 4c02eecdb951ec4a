import { describe, expect, it } from 'vitest';
import { type Acceptance, abs, correlation, exact, lsb } from '../../compare/index.ts';
import { ShapeError, ValueError } from '../../errors.ts';
import { saturate, type Tensor, tensor, toFloat64 } from '../../tensor/index.ts';
import { bf16, f32, input, int8, out } from '../args.ts';
import { defineKernel, type KernelSpec } from '../kernel.ts';
import { type Proof, type ProofRow, prove } from './index.ts';
import { type OutputContext, outputMutants } from './outputs.ts';

const halved = (x: Tensor) => toFloat64(x).map((v) => v / 2);

/** Half of every element; `ideal` and the rest as given. */
function halver(accept: KernelSpec['accept'], more: Partial<Parameters<typeof define>[0]> = {}): KernelSpec {
  return define({ accept, ...more });
}

function define(more: {
  readonly accept: KernelSpec['accept'];
  readonly mutants?: Record<string, (inputs: { readonly x: Tensor<'int8'> }) => Tensor<'int8'>>;
  readonly control?: NonNullable<KernelSpec['control']>;
}) {
  return defineKernel({
    name: 'halver',
    artifact: { dir: '.' },
    args: [input('x', int8(8, 8)), out('y', int8(8, 8))],
    tile: [4, 4],
    model: ({ x }) => tensor('int8', [8, 8], halved(x).map(Math.floor)),
    ideal: ({ x }) => tensor('f64', [8, 8], halved(x)),
    ...more,
  });
}

const strict = { model: exact(), ideal: abs(0.5) };

const row = (proof: Proof, mutant: string): ProofRow => proof.rows.find((one) => one.mutant === mutant)!;
const outcomes = (accept: { model: Acceptance; ideal: Acceptance; random?: Acceptance }) => {
  const { rows } = prove(halver(accept));
  return (outcome: ProofRow['outcome']) =>
    rows.filter((one) => one.outcome === outcome).map(({ mutant }) => mutant);
};

describe('prove', () => {
  it('passes a spec that rejects every mutant, and says by what', () => {
    const proof = prove(halver(strict));
    expect(proof).toMatchObject({ kernel: 'halver', seed: 1, pass: true, wronglyRejected: [] });
    expect(proof.accept.ideal).toEqual({ text: 'abs(0.5)' });
    const zeros = row(proof, 'all zeros');
    expect(zeros).toMatchObject({ kind: 'output', outcome: 'rejected', reason: null });
    expect(zeros.rejectedBy.ideal?.input).toBe('NumPy seed 42');
    expect(zeros.rejectedBy.ideal?.evidence).toMatch(/^max \|error\| [\d.]+ LSB/);
    expect(zeros.rejectedBy.model).toBeDefined();
    expect(zeros.rejectedBy.random).toBeUndefined();
  });

  it('fails a spec that accepts anything', () => {
    const proof = prove(halver({ model: lsb(255), ideal: lsb(255) }));
    expect(proof.pass).toBe(false);
    expect(row(proof, 'all zeros')).toMatchObject({ outcome: 'accepted', rejectedBy: {} });
  });

  it('correlation alone accepts an output times two and one that is compressed', () => {
    const of = outcomes({ model: lsb(255), ideal: lsb(255), random: correlation(0.99) });
    expect(of('accepted')).toEqual(
      expect.arrayContaining(['one LSB too high everywhere', 'range compressed to seven eighths']),
    );
    expect(of('rejected')).toEqual(expect.arrayContaining(['all zeros', 'sign flipped', 'transposed']));
  });

  it('is weak where only the model tells', () => {
    const of = outcomes({ model: exact(), ideal: lsb(1) });
    expect(of('weak')).toEqual(['truncated toward zero instead of rounded', 'one LSB too high everywhere']);
    expect(of('accepted')).toEqual([]);
  });

  it('tells what is equivalent from what is accepted', () => {
    const accept = { model: exact(), ideal: lsb(1) };
    const right = ({ x }: { x: Tensor<'int8'> }) => tensor('int8', [8, 8], halved(x).map(Math.floor));
    const proof = prove(halver(accept, { mutants: { 'the same in other words': right } }));
    expect(row(proof, 'the same in other words')).toMatchObject({ kind: 'algorithm', outcome: 'equivalent' });
    expect(row(proof, 'floored instead of rounded').outcome).toBe('equivalent');
    expect(proof.pass).toBe(true);
  });

  it('judges the algorithms of the spec', () => {
    const off = (by: number) => (inputs: { x: Tensor<'int8'> }) =>
      tensor(
        'int8',
        [8, 8],
        halved(inputs.x).map((v) => saturate(Math.floor(v) + by, -128, 127)),
      );
    const proof = prove(
      halver(
        { model: lsb(2), ideal: lsb(3) },
        { mutants: { 'a little off': off(2), 'far off': off(5), between: off(3) } },
      ),
    );
    expect(row(proof, 'a little off').outcome).toBe('accepted');
    expect(row(proof, 'far off').outcome).toBe('rejected');
    expect(row(proof, 'between').outcome).toBe('weak');
    expect(proof.pass).toBe(false);
  });

  it('reports an acceptance that rejects the model itself', () => {
    const proof = prove(halver({ model: exact(), ideal: exact() }));
    expect(proof.pass).toBe(false);
    expect(proof.wronglyRejected[0]).toMatchObject({ judge: 'ideal', input: 'NumPy seed 42' });
  });

  it('repeats exactly', () => {
    expect(prove(halver(strict), { seed: 5, runs: 2 })).toEqual(prove(halver(strict), { seed: 5, runs: 2 }));
  });

  it('refuses mutants of a wrong shape, and controls that must be rejected', () => {
    const wrong = { short: () => tensor('int8', [2], [0, 0]) };
    expect(() => prove(halver(strict, { mutants: wrong }))).toThrow(ShapeError);
    const control = { rejectedAt: 'ideal', because: 'it is wrong' } as const;
    expect(() => prove(halver(strict, { control }))).toThrow(ValueError);
    expect(prove(halver(strict, { control: { ...control, rejectedAt: null } })).pass).toBe(true);
  });

  it('cuts short, exchanges and keeps stale what a kernel reads', () => {
    const spec = defineKernel({
      name: 'difference',
      artifact: { dir: '.' },
      args: [input('a', f32(16)), input('b', f32(16)), input('c', f32(8)), out('d', f32(16))],
      model: ({ a, b }) => {
        const other = toFloat64(b);
        return tensor(
          'f32',
          [16],
          toFloat64(a).map((x, i) => x - other[i]!),
        );
      },
      ideal: ({ a, b }) => {
        const other = toFloat64(b);
        return tensor(
          'f64',
          [16],
          toFloat64(a).map((x, i) => x - other[i]!),
        );
      },
      accept: { model: exact(), ideal: abs(1e-5) },
    });
    const ofInputs = prove(spec).rows.filter(({ kind }) => kind === 'input');
    expect(ofInputs.map(({ mutant, outcome }) => [mutant, outcome])).toEqual([
      ['a cut short: its last eighth is zeros', 'rejected'],
      ['a stale: that of another input', 'rejected'],
      ['a and b exchanged', 'rejected'],
      ['b cut short: its last eighth is zeros', 'rejected'],
      ['b stale: that of another input', 'rejected'],
      ['c cut short: its last eighth is zeros', 'equivalent'],
      ['c stale: that of another input', 'equivalent'],
    ]);
  });
});

describe('mutants of an output', () => {
  const context = (more: Partial<OutputContext> = {}): OutputContext => ({
    right: tensor('int8', [2, 3], [1, 2, -3, 100, -128, 6]),
    ideal: tensor('f64', [2, 3], [1.4, 1.6, -2.6, 99.5, -300, 6]),
    other: tensor('int8', [2, 3], [9, 9, 9, 9, 9, 9]),
    tile: [2, 1],
    ...more,
  });
  const values = (mutant: string, more: Partial<OutputContext> = {}): number[] | string => {
    const result = outputMutants[mutant]!(context(more));
    return 'notApplicable' in result ? result.notApplicable : Array.from(toFloat64(result), (x) => x + 0);
  };

  it.each<[string, number[]]>([
    ['all zeros', [0, 0, 0, 0, 0, 0]],
    ['stale buffer: the output of another input', [9, 9, 9, 9, 9, 9]],
    ['times two', [2, 4, -6, 127, -128, 12]],
    ['halved: shifted right by one', [0, 1, -2, 50, -64, 3]],
    ['truncated toward zero instead of rounded', [1, 1, -2, 99, -128, 6]],
    ['floored instead of rounded', [1, 1, -3, 99, -128, 6]],
    ['one LSB too high everywhere', [2, 3, -2, 101, -127, 7]],
    ['transposed', [1, 100, 2, -128, -3, 6]],
    ['first and last tile exchanged', [-3, 2, 1, 6, -128, 100]],
    ['last tile all zeros', [1, 2, 0, 100, -128, 0]],
    ['zero point missing: half the range too high', [127, 127, 125, 127, 0, 127]],
    ['clamped to half its largest magnitude', [1, 2, -3, 64, -64, 6]],
    ['range compressed to seven eighths', [1, 2, -3, 88, -112, 5]],
    ['sign flipped', [-1, -2, 3, -100, 127, -6]],
    ['saturated: nothing but the ends of the range', [127, 127, -128, 127, -128, 127]],
    ['rows shifted by one', [100, -128, 6, 1, 2, -3]],
    ['elements shifted by one', [6, 1, 2, -3, 100, -128]],
  ])('%s', (mutant, expected) => {
    expect(values(mutant)).toEqual(expected);
  });

  it('covers them all', () => {
    expect(Object.keys(outputMutants)).toHaveLength(17);
  });

  it('transposes each matrix of a stack by itself', () => {
    const right = tensor('int8', [2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
    expect(values('transposed', { right })).toEqual([1, 3, 2, 4, 5, 7, 6, 8]);
  });

  it('knows the floats of a dtype', () => {
    const right = tensor('bf16', [4], [1, -2, 0, 1.5]);
    const ideal = tensor('f64', [4], [1 + 2 ** -8, -(2 - 2 ** -9), 2 ** -140, 1.5]);
    const more = { right, ideal, tile: undefined };
    expect(values('one LSB too high everywhere', more)).toEqual([
      1 + 2 ** -7,
      -2 + 2 ** -6,
      2 ** -133,
      1.5078125,
    ]);
    expect(values('truncated toward zero instead of rounded', more)).toEqual([1, -(2 - 2 ** -7), 0, 1.5]);
    expect(values('halved: shifted right by one', more)).toEqual([0.5, -1, 0, 0.75]);
    expect(values('saturated: nothing but the ends of the range', more)).toEqual([2, -2, 2, 2]);
  });

  it.each([
    ['floored instead of rounded', 'the output is no integer'],
    ['zero point missing: half the range too high', 'the output is no integer'],
    ['transposed', 'the output has one axis'],
    ['rows shifted by one', 'the output has one axis'],
    ['first and last tile exchanged', 'the output is one tile'],
    ['last tile all zeros', 'the output is one tile'],
    ['truncated toward zero instead of rounded', 'a float64 is not rounded'],
  ])('%s does not apply where %s', (mutant, reason) => {
    const right = tensor('f64', [2], [1, 2]);
    expect(values(mutant, { right, tile: undefined })).toBe(reason);
  });

  it('a bf16 kernel is proven as an integer one is', () => {
    const spec = defineKernel({
      name: 'copy',
      artifact: { dir: '.' },
      args: [input('x', bf16(4, 4)), out('y', bf16(4, 4))],
      model: ({ x }) => x,
      ideal: ({ x }) => tensor('f64', [4, 4], toFloat64(x)),
      accept: { model: exact(), ideal: exact() },
    });
    const proof = prove(spec);
    expect(proof.pass).toBe(true);
    expect(row(proof, 'sign flipped').outcome).toBe('rejected');
    expect(row(proof, 'truncated toward zero instead of rounded').outcome).toBe('equivalent');
  });
});
