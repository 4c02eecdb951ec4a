import { expect, it } from 'vitest';
import { codesOf, tensor } from '../../src/tensor/index.ts';
import * as reference from './index.ts';

it('offers quantise, dequantise and requantise as one reference', () => {
  const q = { scale: 0.5, zeroPoint: 1 };
  const how = { dtype: 'int8', rounding: 'half-even' } as const;
  const { tensor: codes } = reference.quantize(tensor('f32', [3], [-1, 0, 1]), q, how);
  expect([...codesOf(codes)]).toEqual([-1, 1, 3]);
  expect([...codesOf(reference.dequantize(codes, q))]).toEqual([-1, 0, 1]);
  const { tensor: narrow } = reference.requantize(tensor('int32', [1], [48]), { shift: 4 }, how);
  expect([...codesOf(narrow)]).toEqual([3]);
});
