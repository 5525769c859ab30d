import { assertNever } from '../../core/assert-never.ts';
import type { Part, SourceRequest } from '../../loops/define/index.ts';
import { mayConnect } from './addresses.ts';
import { readHttp } from './http.ts';
import { resolveName, type Resolve } from './vetted-connect.ts';

/** Reads what sources ask for, within what each request allows. @throws SourceProblem */
export interface SourceReader {
  /** `folder` is the loop's own, for paths that are not absolute. */
  read(request: SourceRequest, folder: string, signal: AbortSignal): Promise<readonly Part[]>;
}

/** What an installation says about its sources. */
export interface SourceSettings {
  /** Private addresses, each with its port, that HTTP sources may reach: `127.0.0.1:8080`, `10.2.0.0/16:443`. */
  readonly allowPrivate: readonly string[];
}

/** Readers of every kind of request. */
export function sourceReader({ allowPrivate }: SourceSettings, resolve: Resolve = resolveName): SourceReader {
  const connections = { may: mayConnect(allowPrivate), resolve };
  return {
    async read(request, _folder, signal) {
      switch (request.kind) {
        case 'http':
          return await readHttp(request, signal, connections);
        case 'files':
        case 'git':
        case 'sql':
          throw new Error(`${request.kind} is not built yet`);
        default:
          return assertNever(request);
      }
    },
  };
}
