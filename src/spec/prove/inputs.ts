import { copyOf, sizeOf, type Tensor } from '../../tensor/index.ts';
import type { TensorType } from '../args.ts';
import type { KernelSpec, Tensors } from '../kernel.ts';

/** Inputs as a kernel sees them after a faulty transfer; `other` are those of another case. */
export type InputMutant = (inputs: Tensors, other: Tensors) => Tensors;

/** Faulty transfers of each part: cut short, stale, and taken for another part of the same type. */
export function inputMutants(spec: KernelSpec): Readonly<Record<string, InputMutant>> {
  const parts = spec.args.flatMap((arg) =>
    arg.direction === 'in' ? Object.entries<TensorType>(arg.parts) : [],
  );
  const mutants: Record<string, InputMutant> = {};
  for (const [index, [name, type]] of parts.entries()) {
    mutants[`${name} cut short: its last eighth is zeros`] = (inputs) => ({
      ...inputs,
      [name]: cutShort(inputs[name]!),
    });
    mutants[`${name} stale: that of another input`] = (inputs, other) => ({
      ...inputs,
      [name]: other[name]!,
    });
    for (const [second, otherType] of parts.slice(index + 1)) {
      if (type.dtype !== otherType.dtype || type.shape.join() !== otherType.shape.join()) continue;
      mutants[`${name} and ${second} exchanged`] = (inputs) => ({
        ...inputs,
        [name]: inputs[second]!,
        [second]: inputs[name]!,
      });
    }
  }
  return mutants;
}

function cutShort(t: Tensor): Tensor {
  const copy = copyOf(t);
  const size = sizeOf(t.shape);
  copy.view.data.fill(0, size - Math.ceil(size / 8));
  return copy;
}
