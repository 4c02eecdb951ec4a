/** Quantisation as a reference operation. The arithmetic lives once, in `src/tensor/quantize.ts`. */
export {
  dequantize,
  type Quantization,
  type Quantized,
  type QuantizeOptions,
  quantize,
  type Requantization,
  requantize,
} from '../../src/tensor/quantize.ts';
