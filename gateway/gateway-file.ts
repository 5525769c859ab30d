import { chmod, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** File in a data folder that says how to speak to the process that owns it. */
const GATEWAY_FILE = 'gateway.json';

const GatewayFile = z.object({
  port: z.int().min(1).max(65_535),
  pid: z.int().min(1),
  token: z.string().regex(/^[0-9a-f]{64}$/),
});
/** Where a gateway listens, whose it is, and the secret that it wants to hear. */
export type GatewayFile = z.infer<typeof GatewayFile>;

/** Writes the file, whole or not at all, for the owner's eyes only. */
export async function writeGatewayFile(data: string, content: GatewayFile): Promise<void> {
  const path = join(data, GATEWAY_FILE);
  const partial = `${path}.${content.pid}`;
  await writeFile(partial, JSON.stringify(content), { mode: 0o600 });
  // A file that was there already keeps its mode when it is written.
  await chmod(partial, 0o600);
  await rename(partial, path);
}

/** Reads the file. It is stale where its process was killed; undefined where there is none, or none that can be read. */
export async function readGatewayFile(data: string): Promise<GatewayFile | undefined> {
  try {
    return GatewayFile.parse(JSON.parse(await readFile(join(data, GATEWAY_FILE), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Takes the file away. */
export async function removeGatewayFile(data: string): Promise<void> {
  await rm(join(data, GATEWAY_FILE), { force: true });
}
