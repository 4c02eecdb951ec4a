import './matchers.ts';

export { type DescribeOptions, describeKernel } from './describe-kernel.ts';
