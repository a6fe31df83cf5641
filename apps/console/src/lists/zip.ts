/** As much of ZIP as sheets need: reads the parts, and writes them again with one exchanged. */

export interface Part {
  name: string
  method: number
  crc: number
  /** As it lies in the file. */
  packed: Uint8Array<ArrayBuffer>
  size: number
}

const END = 0x06054b50
const CENTRAL = 0x02014b50
const LOCAL = 0x04034b50
const DEFLATED = 8

const TABLE = Uint32Array.from({ length: 256 }, (_, at) => {
  let value = at
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value
})

function crcOf(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

/** The parts of a file, or nothing where it is no ZIP that can be read here. */
export function partsOf(buffer: ArrayBuffer): Part[] | null {
  const view = new DataView(buffer)
  let end = buffer.byteLength - 22
  while (end >= 0 && view.getUint32(end, true) !== END) end -= 1
  if (end < 0) return null
  const parts: Part[] = []
  let at = view.getUint32(end + 16, true)
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    if (at + 46 > buffer.byteLength || view.getUint32(at, true) !== CENTRAL) return null
    const [packedSize, size, nameLength] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true), view.getUint16(at + 28, true)]
    const local = view.getUint32(at + 42, true)
    const begin = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
    parts.push({
      name: new TextDecoder().decode(new Uint8Array(buffer, at + 46, nameLength)),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: new Uint8Array(buffer, begin, packedSize),
      size,
    })
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return parts
}

export async function textOf(part: Part | undefined): Promise<string> {
  if (!part) return ''
  const stream = new Blob([part.packed]).stream()
  return new Response(part.method === DEFLATED ? stream.pipeThrough(new DecompressionStream('deflate-raw')) : stream).text()
}

export async function packed(name: string, text: string): Promise<Part> {
  const bytes = new TextEncoder().encode(text)
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate-raw'))
  return { name, method: DEFLATED, crc: crcOf(bytes), packed: new Uint8Array(await new Response(stream).arrayBuffer()), size: bytes.length }
}

export function zipped(parts: Part[], type: string): Blob {
  const pieces: Uint8Array<ArrayBuffer>[] = []
  const central: Uint8Array<ArrayBuffer>[] = []
  let at = 0
  for (const part of parts) {
    const name = new TextEncoder().encode(part.name)
    // a local header, and the same with more in the central directory
    const common = (view: DataView, from: number): void => {
      view.setUint16(from, 20, true)
      view.setUint16(from + 2, 0x0800, true)
      view.setUint16(from + 4, part.method, true)
      view.setUint32(from + 6, 0x00210000, true)
      view.setUint32(from + 10, part.crc, true)
      view.setUint32(from + 14, part.packed.length, true)
      view.setUint32(from + 18, part.size, true)
      view.setUint16(from + 22, name.length, true)
    }
    const head = new DataView(new ArrayBuffer(30))
    head.setUint32(0, LOCAL, true)
    common(head, 4)
    const entry = new DataView(new ArrayBuffer(46))
    entry.setUint32(0, CENTRAL, true)
    entry.setUint16(4, 20, true)
    common(entry, 6)
    entry.setUint32(42, at, true)
    pieces.push(new Uint8Array(head.buffer), name, part.packed)
    central.push(new Uint8Array(entry.buffer), name)
    at += 30 + name.length + part.packed.length
  }
  const size = central.reduce((sum, piece) => sum + piece.length, 0)
  const end = new DataView(new ArrayBuffer(22))
  end.setUint32(0, END, true)
  end.setUint16(8, parts.length, true)
  end.setUint16(10, parts.length, true)
  end.setUint32(12, size, true)
  end.setUint32(16, at, true)
  return new Blob([...pieces, ...central, new Uint8Array(end.buffer)], { type })
}
