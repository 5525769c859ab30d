/** What `npm run bench` can do. */
export const USAGE = `npm run bench -- money [--json] [--seeds N] [--from N]

  Parallel runs under random caps against a provider that fails in every way, with workers killed in mid-call: whether
  spending passes a cap, the ledger is the provider's bill, and nothing is denied for ever. Exits 1 where not.

  --seeds N        default 1000
  --from N         the first seed; default 1
  --json           one JSON object

npm run bench -- hooks [--json] [--webhooks N] [--away SECONDS]

  A burst of webhooks while Temporal is away, some of them twice, and kill -9 of the process that takes them, in the
  middle of the burst and of starting their runs: whether each starts exactly one. Exits 1 where not.

  --webhooks N     default 1000
  --away SECONDS   default 60
  --json           one JSON object

npm run bench -- race [--json] [--approvals N]

  Two users of the gateway and the bare Temporal CLI decide each of many approvals at once: whether one of them wins, and
  the others hear who. Exits 1 where not.

  --approvals N    default 200
  --json           one JSON object

npm run bench -- rollback [--json] [--starts N]

  A stream of starts while a loop goes back to the harness before, three times, with kill -9 of the worker right after the
  command's answer and in the middle of the command: what new runs take, and whether open ones keep theirs. Exits 1 where
  one is lost, or takes the version that was taken back for longer than a second.

  --starts N       default 200
  --json           one JSON object

npm run bench -- gym [--json] [--worlds N] [--from N]

  LoopGym: worlds in which it is known what every change does, tried, promoted and watched by the product's own gate, and
  versions against themselves. Exits 1 where the gate promotes more that is useless or harmful, gains less, asks more
  often, costs more or sees a loss later than it must.

  --worlds N       default 150
  --from N         the seed; default 1
  --json           one JSON object

npm run bench -- learning [--json] [--messages N] [--bare]

  The stream of BANKING77 through \`supportTriage\` on Temporal, with its answer key as the person at the gates, and \`improve\`
  after 1000, 3000 and 6000 messages: what it knows of messages that it never saw, how often it asks, how often it is right
  alone, and what was promoted. Needs LOOPWRIGHT_DATASETS (exits 2 without). Exits 1 where it learns less than it must.

  --messages N     default 10003, all there are
  --bare           leave \`improve\` out
  --json           one JSON object, last on stdout

npm run bench -- [--json] [--rounds N] [--runs N] [--sequential N] [--in-flight N] [--profile DIR]

  --rounds N       interleaved rounds; default 6
  --runs N         runs of the throughput phase, each side and round; default 200
  --sequential N   runs of the latency phase; default 20
  --in-flight N    runs at once in the throughput phase; default 50
  --profile DIR    leave a CPU profile of each worker there
  --json           one JSON object, last on stdout, instead of the table`;
