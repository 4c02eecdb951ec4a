import { plainTable } from '../report/plain-table.ts';
import { toJson } from '../report/run.ts';
import type { Arg, TensorType } from '../spec/index.ts';
import { describe } from '../tensor/index.ts';
import type { BrokenKernel, FoundKernel } from './discover.ts';

/** `q int8 [64, 64]`; parts of one packed buffer are joined by +. */
function argument({ parts }: Arg): string {
  return Object.entries<TensorType>(parts)
    .map(([name, type]) => `${name} ${describe(type)}`)
    .join(' + ');
}

function ofDirection(args: readonly Arg[], direction: Arg['direction']): string {
  return args
    .filter((arg) => arg.direction === direction)
    .map(argument)
    .join(', ');
}

/** Kernels with their arguments, one a line. */
export function renderList(kernels: readonly FoundKernel[], broken: readonly BrokenKernel[]): string {
  return plainTable(
    [{ head: 'kernel' }, { head: 'inputs' }, { head: 'outputs' }, { head: 'tile' }, { head: 'file' }],
    [
      ...kernels.map(({ spec, file }) => [
        spec.control === undefined ? spec.name : `${spec.name} (control)`,
        ofDirection(spec.args, 'in'),
        ofDirection(spec.args, 'out'),
        spec.tile?.join('x') ?? 'whole',
        file,
      ]),
      ...broken.map(({ name, file }) => [name, `${file} does not load`]),
    ],
  );
}

/** The same as JSON. */
export function toListJson(kernels: readonly FoundKernel[], broken: readonly BrokenKernel[]): string {
  return toJson({
    kernels: kernels.map(({ spec: { name, args, tile, control }, file }) => ({
      name,
      file,
      args,
      tile,
      control,
    })),
    broken: broken.map(({ name, file }) => ({ name, file })),
  });
}
