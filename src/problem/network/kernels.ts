// The kernels that networks run on, for whoever reads problems: Node hands in native ones (node/native-network.ts).
export { plainTileKernels } from "../../codegen/network/plain.ts";
export { encodeWay, largestNativeHeap, printTileKernels } from "../../codegen/network/print-c.ts";
export { tileKernels } from "../../codegen/network/simd.ts";
export type { MakeTileKernels } from "../../codegen/network/tile.ts";
