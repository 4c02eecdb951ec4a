export { ByteReader } from './bytes.ts';
export * from './calibrate.ts';
export * from './dtype.ts';
export * from './float.ts';
export * from './npy.ts';
export * from './npz.ts';
export {
  dequantize,
  type Quantization,
  type Quantized,
  type QuantizeOptions,
  quantize,
  type Requantization,
  requantize,
} from './quantize.ts';
export * from './random.ts';
export * from './rounding.ts';
export * from './tensor.ts';
export * from './view.ts';
