// Pictures of a screen in at most 256 colours: a third of the bytes, and no difference that an eye sees.
import { crc32, deflateSync } from "node:zlib";

const AREAS = 96;

/**
 * A PNG with a palette, of the pixels of a screenshot.
 *
 * @param {object} page playwright's; its browser decodes the picture
 * @param {Buffer} png
 * @returns {Promise<Buffer>}
 */
export async function withPalette(page, png) {
  const { width, height, data } = await page.evaluate(decoded, png.toString("base64"));
  const pixels = Buffer.from(data, "base64");
  const palette = commonest(pixels);
  const rows = Buffer.alloc((width + 1) * height); // each begins with its filter: none
  const known = new Map();
  for (let at = 0; at < width * height; at += 1) {
    const colour = pixels.readUIntBE(at * 4, 3);
    if (!known.has(colour)) known.set(colour, nearest(palette, colour));
    rows[Math.floor(at / width) * (width + 1) + 1 + (at % width)] = known.get(colour);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8); // 8 bits, palette
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  const parts = [
    ["IHDR", header],
    ["PLTE", colours],
    ["IDAT", deflateSync(rows, { level: 9, memLevel: 9 })],
    ["IEND", Buffer.alloc(0)],
  ];
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts.map(([name, body]) => chunk(name, body))]);
}

/** Runs in the browser. */
async function decoded(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  let text = "";
  for (let at = 0; at < data.length; at += 0x8000) text += String.fromCharCode(...data.subarray(at, at + 0x8000));
  return { width: bitmap.width, height: bitmap.height, data: btoa(text) };
}

/** At most 256 colours: those of areas, which must stay as they are, and of edges so many that none is far from one. */
function commonest(pixels) {
  const counts = new Map();
  for (let at = 0; at < pixels.length; at += 4) {
    const colour = pixels.readUIntBE(at, 3);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const sorted = [...counts].sort((one, other) => other[1] - one[1]).map(([colour]) => colour);
  for (const apart of [0, 50, 100, 200, 400, 800, 1600]) {
    const chosen = sorted.slice(0, AREAS);
    for (const colour of sorted.slice(AREAS)) {
      if (chosen.every((other) => distance(other, colour) > apart)) chosen.push(colour);
      if (chosen.length > 256) break;
    }
    if (chosen.length <= 256) return chosen;
  }
  return sorted.slice(0, 256);
}

function nearest(palette, colour) {
  let best = 0;
  for (let at = 1; at < palette.length; at += 1) {
    if (distance(palette[at], colour) < distance(palette[best], colour)) best = at;
  }
  return best;
}

function distance(one, other) {
  const red = (one >> 16) - (other >> 16);
  const green = ((one >> 8) & 255) - ((other >> 8) & 255);
  const blue = (one & 255) - (other & 255);
  return red * red + green * green + blue * blue;
}

function chunk(name, body) {
  const made = Buffer.alloc(body.length + 12);
  made.writeUInt32BE(body.length, 0);
  made.write(name, 4, "latin1");
  body.copy(made, 8);
  made.writeUInt32BE(crc32(made.subarray(4, body.length + 8)), body.length + 8);
  return made;
}
