import { type DType, dtypeInfo, fromStorage, type Shape, sizeOf, type Tensor } from '../../tensor/index.ts';
import type { TensorType } from '../args.ts';

/**
 * Every finite value of a dtype of one or two bytes in the order of its codes, as few tensors of `type` as hold them:
 * the last one goes on from the first value again. Empty for wider dtypes and for tensors without elements.
 */
export function wholeDomain({ dtype, shape }: TensorType): Tensor[] {
  const { bytes, storage, decode } = dtypeInfo(dtype);
  const size = sizeOf(shape);
  if (bytes > 2 || size === 0) return [];
  const all = new storage(2 ** (8 * bytes));
  for (let i = 0; i < all.length; i++) all[i] = i; // the store keeps the low bits, so that signed codes wrap
  const finite = all.filter((code) => Number.isFinite(decode(code)));
  return Array.from({ length: Math.ceil(finite.length / size) }, (_, n) => {
    const codes = new storage(size);
    for (let i = 0; i < size; i++) codes[i] = finite[(n * size + i) % finite.length]!;
    return fromStorage<DType, Shape>(dtype, shape, codes);
  });
}
