export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

const PNG = '89504e470d0a1a0a';

/** Pixels of a PNG or JPEG; undefined when it is neither. @see PNG (ISO 15948) 11.2.2 IHDR, JPEG (ITU-T T.81) B.2.2 */
export function imageSize(bytes: Uint8Array): ImageSize | undefined {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (data.length >= 24 && data.toString('hex', 0, 8) === PNG) {
    return { width: data.readUInt32BE(16), height: data.readUInt32BE(20) };
  }
  return data.length > 4 && data.readUInt16BE(0) === 0xffd8 ? jpegSize(data) : undefined;
}

function jpegSize(data: Buffer): ImageSize | undefined {
  for (let at = 2; at + 9 < data.length && data[at] === 0xff; at += 2 + data.readUInt16BE(at + 2)) {
    const marker = data[at + 1]!;
    const startsFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (startsFrame) return { width: data.readUInt16BE(at + 7), height: data.readUInt16BE(at + 5) };
  }
  return undefined;
}
