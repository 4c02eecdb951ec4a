import { defineKernel, dequantize, exact, geluLaws, inLsb, input, int8, out, tensor } from 'tilecheck';
import { gelu } from 'tilecheck/reference';
import { geluCodes } from '../../../fixtures/hardware.ts';

const scale = 1 / 127;

/** The GELU that shipped and was right: a table. */
export const gelu512v1 = defineKernel({
  name: 'gelu_512_v1',
  artifact: { dir: import.meta.dirname },
  args: [input('x', int8(512)), out('y', int8(512))],
  tile: [64],
  elementwise: true,
  model: ({ x }) => gelu.model({ x, table: gelu.lut('tanh', scale) }),
  ideal: ({ x }) => inLsb(gelu.ideal({ x: dequantize(x, { scale }), form: 'tanh' }), { scale }),
  accept: { model: exact(), ideal: exact('the rounding of the table is that of the ideal') },
  properties: geluLaws('x', 'y', { scale }),
  fixtures: [
    {
      name: 'codes printed by hardware',
      inputs: () => ({
        x: tensor(
          'int8',
          [512],
          Array.from({ length: 512 }, (_, i) => geluCodes.codes[i] ?? 0),
        ),
      }),
      printed: {
        provenance: geluCodes.provenance,
        output: 'y',
        values: geluCodes.values.map((value, i) => [i, value] as const),
      },
    },
  ],
  control: { rejectedAt: null, because: 'a table has no error but its rounding' },
});
