// Every backend there is on this machine, for tests that hold them against each other. Without a C compiler the native one is left out, and said.
import { columnsRunner } from "../../../src/codegen/kernel/columns.ts";
import type { Kernel, KernelRunner } from "../../../src/codegen/kernel/kernel.ts";
import { encodeKernel, simdRunner } from "../../../src/codegen/kernel/simd.ts";
import { compileNative, NativeMissing, nativeRunner } from "../../../src/node/native.ts";

let missing: string | undefined;

/** The native runner, or undefined where this machine can make none. */
async function native(kernel: Kernel): Promise<KernelRunner | undefined> {
  if (missing !== undefined) return undefined;
  try {
    return nativeRunner(await compileNative(kernel), kernel);
  } catch (error) {
    // a compiler that is there and refuses our text is a fault, not a reason to skip
    if (!(error instanceof NativeMissing) || /failed:/.test(error.message)) throw error;
    missing = error.message;
    console.warn(`native kernels are not tested: ${missing}`);
    return undefined;
  }
}

/** JavaScript first, the plain twin that the others are held against. */
export async function allRunners(kernel: Kernel): Promise<KernelRunner[]> {
  const compiled = await native(kernel);
  return [columnsRunner(kernel), simdRunner(new WebAssembly.Module(encodeKernel(kernel))), ...(compiled ? [compiled] : [])];
}
