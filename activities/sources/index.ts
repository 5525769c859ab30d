import { assertNever } from '../../core/assert-never.ts';
import type { Part, SourceRequest } from '../../loops/define/index.ts';
import { mayConnect } from './addresses.ts';
import { readFileList, readOneFile } from './file-list.ts';
import { readFiles } from './files.ts';
import { readGit } from './git.ts';
import { readHttp } from './http.ts';
import { readSql } from './sql.ts';
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

/** What readers need of the machine. */
export interface Machine {
  /** Where programs are: its PATH, for git. */
  readonly path: string | undefined;
  /** A variable of its environment, for tokens that requests name. Default: there are none. */
  readonly secret?: (name: string) => string | undefined;
  /** Default: as the machine resolves names. */
  readonly resolve?: Resolve;
}

/** Readers of every kind of request. */
export function sourceReader({ allowPrivate }: SourceSettings, machine: Machine): SourceReader {
  const { path, resolve = resolveName, secret = () => undefined } = machine;
  const connections = { may: mayConnect(allowPrivate), resolve, secret };
  return {
    async read(request, folder, signal) {
      switch (request.kind) {
        case 'http':
          return await readHttp(request, signal, connections);
        case 'files':
          return await readFiles(request, folder, signal);
        case 'fileList':
          return await readFileList(request, folder, signal);
        case 'file':
          return await readOneFile(request, folder);
        case 'git':
          return await readGit(request, folder, { signal, path });
        case 'sql':
          return await readSql(request, folder, signal);
        default:
          return assertNever(request);
      }
    },
  };
}
