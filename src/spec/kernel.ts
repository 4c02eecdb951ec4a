import type { Acceptance, CorePlace, Stage } from '../compare/index.ts';
import { ValueError } from '../errors.ts';
import type { Tensor } from '../tensor/index.ts';
import type { Arg, IdealResult, InputsOf, ModelResult } from './args.ts';
import type { Law } from './laws/index.ts';
import { checkLayout } from './layout.ts';

export type Tensors = Readonly<Record<string, Tensor>>;

/** Where the kernel's core program is and the tile it runs in. */
export interface KernelSource {
  /** The kernel's folder, `import.meta.dirname`. */
  readonly dir: string;
  /** C11 source in it. Default `core.c`. */
  readonly source?: string;
  /** Function of the core program. Default the kernel's name. */
  readonly entry?: string;
  /** Cores that run it side by side, each on its share of every buffer. Default 1. */
  readonly cores?: number;
  /** Stack in bytes. Default 1,024, as mlir-aie's. */
  readonly stackSize?: number;
  /** Copies of each buffer in tile memory. Default 2 (ping-pong). */
  readonly bufferDepth?: number;
  /** Where each core sits in the array, so that a diagnosis can name it. */
  readonly placement?: readonly CorePlace[];
}

/** Values somebody else measured on real hardware for the same input. */
export interface Printed {
  /** Who measured, where and when. */
  readonly provenance: string;
  readonly output: string;
  /** Flat C-order index and value of each printed element. */
  readonly values: readonly (readonly [index: number, value: number])[];
}

/** A named input kept for good. */
export interface Fixture<I = Tensors> {
  readonly name: string;
  readonly inputs: () => I;
  /** Whether `accept.random` applies to it. Default false. */
  readonly random?: boolean;
  readonly printed?: Printed;
}

/** A kernel that must get a known verdict, so that tilecheck itself is checked in every run. */
export interface Control {
  /** Level at which tilecheck must reject it, or null if it must accept it. */
  readonly rejectedAt: 'ideal' | 'model' | 'coverage' | 'state' | null;
  readonly because: string;
}

/** What a kernel author writes. */
export interface KernelDefinition<A extends readonly Arg[]> {
  readonly name: string;
  readonly artifact: KernelSource;
  /** Data buffers in the order of the kernel's arguments from index 3. */
  readonly args: A;
  /** Tile of the comparison, for the trailing axes of the output. Default: the whole output. */
  readonly tile?: readonly number[];
  /** Whether each output element depends on the input element in its place alone: then every value is tried. */
  readonly elementwise?: boolean;
  /** The integer arithmetic the kernel claims, bit for bit. */
  readonly model: (inputs: InputsOf<A>) => ModelResult<A>;
  /** The mathematics in float64, in units of the output's LSB. */
  readonly ideal: (inputs: InputsOf<A>) => IdealResult<A>;
  readonly accept: {
    readonly model: Acceptance;
    /** Judged on every input. */
    readonly ideal: Acceptance;
    /** Judged besides on random inputs, where aggregates such as correlation mean something. */
    readonly random?: Acceptance;
  };
  /** Laws its outputs obey, checked without an oracle. */
  readonly properties?: readonly Law[];
  /**
   * Steps of the computation that the kernel writes out besides its result (for attention: scores, weights), in order,
   * so that a diagnosis can name the first that departs. `outputs` are the device's.
   */
  readonly stages?: (inputs: InputsOf<A>, outputs: Tensors) => readonly Stage[];
  readonly fixtures?: readonly Fixture<InputsOf<A>>[];
  readonly control?: Control;
  /** Plausible wrong algorithms by name: `tilecheck prove` shows that the acceptances reject each of them. */
  readonly mutants?: Readonly<Record<string, (inputs: InputsOf<A>) => ModelResult<A>>>;
}

const brand = Symbol.for('tilecheck.kernel');

/** A checked kernel specification, with its argument types erased; made by {@link defineKernel}. */
export interface KernelSpec {
  readonly [brand]: true;
  readonly name: string;
  readonly artifact: Required<Omit<KernelSource, 'placement'>> & Pick<KernelSource, 'placement'>;
  readonly args: readonly Arg[];
  readonly tile: readonly number[] | undefined;
  readonly elementwise: boolean;
  /** Outputs by name. */
  readonly model: (inputs: Tensors) => Tensors;
  readonly ideal: (inputs: Tensors) => Tensors;
  readonly accept: KernelDefinition<readonly Arg[]>['accept'];
  readonly properties: readonly Law[];
  readonly stages: ((inputs: Tensors, outputs: Tensors) => readonly Stage[]) | undefined;
  readonly fixtures: readonly Fixture[];
  readonly control: Control | undefined;
  readonly mutants: Readonly<Record<string, (inputs: Tensors) => Tensors>>;
}

/** Whether `value` is a {@link KernelSpec}, whichever copy of tilecheck made it. */
export function isKernelSpec(value: unknown): value is KernelSpec {
  return typeof value === 'object' && value !== null && brand in value;
}

type Oracle = (inputs: Tensors) => Tensor | Tensors;

function isTensor(value: Tensor | Tensors): value is Tensor {
  return 'dtype' in value && 'view' in value;
}

/** Lets an oracle with one output return just its tensor. */
function byName(oracle: Oracle, args: readonly Arg[]): (inputs: Tensors) => Tensors {
  const names = args.filter((arg) => arg.direction === 'out').map((arg) => arg.name);
  return (inputs) => {
    const result = oracle(inputs);
    return isTensor(result) ? { [names[0]!]: result } : result;
  };
}

/**
 * Describes a kernel once: arguments, oracles, acceptance. Throws {@link ValueError} or ShapeError naming the kernel
 * where the description contradicts itself.
 */
export function defineKernel<const A extends readonly Arg[]>(definition: KernelDefinition<A>): KernelSpec {
  const { name, artifact, args, tile, accept, control } = definition;
  if (!/^[a-z][a-z0-9_]*$/i.test(name)) {
    throw new ValueError(
      `kernel name '${name}'`,
      'use letters, digits and underscores: it names a C function and a folder',
    );
  }
  const source = {
    source: 'core.c',
    entry: name,
    cores: 1,
    stackSize: 1024,
    bufferDepth: 2,
    ...artifact,
  };
  checkLayout(name, args, source.cores);
  const { placement } = source;
  if (placement !== undefined && placement.length !== source.cores) {
    throw new ValueError(`kernel ${name} places ${placement.length} cores and has ${source.cores}`);
  }
  return {
    [brand]: true,
    name,
    artifact: source,
    args,
    tile,
    elementwise: definition.elementwise ?? false,
    // The argument types served the author; from here on names and shapes are checked when tensors arrive.
    model: byName(definition.model as unknown as Oracle, args),
    ideal: byName(definition.ideal as unknown as Oracle, args),
    accept,
    properties: definition.properties ?? [],
    stages: definition.stages as unknown as KernelSpec['stages'],
    fixtures: (definition.fixtures ?? []) as unknown as readonly Fixture[],
    control,
    mutants: Object.fromEntries(
      Object.entries(definition.mutants ?? {}).map(([mistake, mutant]) => [
        mistake,
        byName(mutant as unknown as Oracle, args),
      ]),
    ),
  };
}
