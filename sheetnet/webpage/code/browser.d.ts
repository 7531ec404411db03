// What browsers have and older releases of TypeScript do not know.
declare class CompressionStream { constructor(format: string); readable: ReadableStream; writable: WritableStream; }
declare class DecompressionStream { constructor(format: string); readable: ReadableStream; writable: WritableStream; }
declare class OffscreenCanvas { constructor(width: number, height: number); getContext(kind: "2d", options?: object): CanvasRenderingContext2D | null; }
