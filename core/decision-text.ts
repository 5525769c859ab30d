import { canonicalJson } from './canonical.ts';

/** What a signature of a message is over: all of it but the signature. Who signs and who verifies have to make the same of it. */
export function decisionText({ signature: _about, ...message }: { readonly signature?: string | undefined }): string {
  return canonicalJson(message);
}
