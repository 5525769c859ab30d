import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Statement } from '../contract/statement.ts';

/** File in a data folder with the key that decisions are signed with, for the owner's eyes only. */
export const DECISION_KEY_FILE = 'decision-key.pem';

/** The key of a gateway: who decides through it is proven by it. */
export interface DecisionKey {
  /** Its thumbprint (RFC 7638). */
  readonly id: string;
  readonly publicKey: KeyObject;
  /** A statement as a compact JWS. */
  sign(statement: Statement): string;
}

/** The key of a data folder; made with the first question. Without the file there is a new one: what was signed before was good for minutes only. */
export async function decisionKeyIn(data: string): Promise<DecisionKey> {
  const path = join(data, DECISION_KEY_FILE);
  const { privateKey } = generateKeyPairSync('ed25519');
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(privateKey.export({ format: 'pem', type: 'pkcs8' }));
    await file.sync();
    await file.close();
    return decisionKey(privateKey);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const text = await readFile(path, 'utf8');
  try {
    return decisionKey(createPrivateKey(text));
  } catch (cause) {
    throw new Error(
      `${path} holds no private key (PEM, PKCS #8, Ed25519): ${(cause as Error).message}. Delete it: the next start makes another.`,
      { cause },
    );
  }
}

/** A private key at work. */
export function decisionKey(privateKey: KeyObject): DecisionKey {
  const publicKey = createPublicKey(privateKey);
  const id = keyId(publicKey);
  const header = part({ alg: 'EdDSA', typ: 'decision+jws', kid: id });
  return {
    id,
    publicKey,
    sign(statement) {
      const signed = `${header}.${part(statement)}`;
      return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
    },
  };
}

/** Thumbprint of a public Ed25519 key. @throws Error for any other. */
export function keyId(publicKey: KeyObject): string {
  const { crv, kty, x } = publicKey.export({ format: 'jwk' });
  if (crv !== 'Ed25519') throw new Error(`expected an Ed25519 key, got ${crv ?? kty ?? 'another'}`);
  return createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
