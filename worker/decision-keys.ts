import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { keyId, type DecisionKey } from '../gateway/decision-key.ts';

/** Environment variable with a file of public keys (PEM, Ed25519) of other gateways whose decisions count here. */
const KEYS_VARIABLE = 'LOOPWRIGHT_DECISION_KEYS';

/** A public key among others in a file. */
const PEM = /-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g;

/** The keys whose signed decisions count: this folder's own, and those of the file that the environment names. @throws Error that names the file. */
export async function decisionKeys(own: DecisionKey, env: NodeJS.ProcessEnv): Promise<ReadonlyMap<string, KeyObject>> {
  const path = env[KEYS_VARIABLE];
  const others = path === undefined || path === '' ? [] : await keysIn(path);
  return new Map([own.publicKey, ...others].map((key) => [keyId(key), key]));
}

async function keysIn(path: string): Promise<KeyObject[]> {
  const wrong = (why: string, cause?: unknown): Error =>
    new Error(`${KEYS_VARIABLE} names ${path}, which has to hold public keys (PEM, Ed25519): ${why}.`, { cause });
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw wrong(error.message, error);
  });
  const blocks = text.match(PEM) ?? [];
  if (blocks.length === 0) throw wrong('it holds none');
  return blocks.map((block, index) => {
    try {
      const key = createPublicKey(block);
      keyId(key);
      return key;
    } catch (error) {
      throw wrong(`key ${index + 1} is ${(error as Error).message}`, error);
    }
  });
}
