// Unpacks the packaged Chromium and the libraries it brings: node unpack.mjs FOLDER.
import { createReadStream, createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createBrotliDecompress } from "node:zlib";

const packed = fileURLToPath(new URL("node_modules/@sparticuz/chromium/bin", import.meta.url));
const target = process.argv[2];
mkdirSync(target, { recursive: true });
for (const name of ["chromium", "al2023.tar", "fonts.tar", "swiftshader.tar"]) {
  const from = createReadStream(join(packed, `${name}.br`));
  await pipeline(from, createBrotliDecompress(), createWriteStream(join(target, name)));
}
