/** Every error that Candlewatch reports, with its meaning and HTTP status. docs/errors.md lists the same. */
export const errorCodes = {
  ERR_BAR_IMPOSSIBLE: {
    text: 'The candle is impossible: a price is not positive and finite, high is below low, or open or close is outside them.',
    status: 422,
  },
  ERR_BAR_MISALIGNED: { text: 'The date is not the opening of an interval.', status: 422 },
  ERR_BAR_FUTURE: { text: 'The bar has not closed yet.', status: 422 },
  ERR_BAR_LATE: {
    text: 'The bar is older than the newest bar of its market, was never received before, and is too old to fill a gap; or the rows are not sorted.',
    status: 409,
  },
  ERR_BAR_CONFLICT: { text: 'The bar was received before with other numbers.', status: 409 },
  ERR_BAR_AHEAD: {
    text: 'The bar is far ahead of the newest bar of its market. It is held and judged when the next row confirms it.',
    status: 409,
  },
  ERR_MARKET_ARCHIVED: { text: 'The market is archived: its rows are not judged.', status: 409 },
  ERR_MARKETS_FULL: { text: 'There are as many markets as MAX_MARKETS allows.', status: 409 },
  ERR_BAR_NOT_NEWEST: { text: 'The bar to withdraw is not the newest of its market.', status: 409 },
  ERR_CORRECTION_UNKNOWN: { text: 'The bar to correct has no verdict.', status: 404 },
  ERR_CORRECTION_OLD: {
    text: 'Too many bars follow the bar to correct to judge them all again.',
    status: 422,
  },
  ERR_CORRECTION_INVALID: { text: 'A field of the correction is missing or of the wrong type.', status: 422 },
  ERR_PARITY: { text: 'A stored verdict differs from the one that the stored bars give.', status: 500 },
  ERR_CSV_MISSING: { text: 'The CSV file does not exist or cannot be read.', status: 500 },
  ERR_CSV_EMPTY: { text: 'The CSV file has too few rows.', status: 422 },
  ERR_CSV_LAYOUT: {
    text: 'The columns of the CSV file match none of the layouts in data/README.md.',
    status: 422,
  },
  ERR_CSV_ROW: {
    text: 'A line of the CSV file is invalid: the message names file, line, column, what was found and what was expected.',
    status: 422,
  },
  ERR_CSV_LONG: { text: 'The CSV file has more rows than one import accepts.', status: 413 },
  ERR_IMPORT_INTERRUPTED: { text: 'The server that imported the file ended before the import.', status: 500 },
  ERR_IMPORT_RUNNING: { text: 'Another file is being read or imported.', status: 409 },
  ERR_ARCHIVE_UNREACHABLE: {
    text: 'The host of the monthly archives cannot be reached or sends an unexpected answer.',
    status: 500,
  },
  ERR_ARCHIVE_MISSING: { text: 'The host does not have this monthly archive.', status: 500 },
  ERR_ARCHIVE_CHECKSUM: {
    text: 'The downloaded archive does not match its published checksum; it was deleted.',
    status: 500,
  },
  ERR_ARCHIVE_BROKEN: { text: 'The archive or checksum file has unexpected contents.', status: 500 },
  ERR_BAR_WARM_UP: { text: 'The bar was stored for warm-up and has no verdict.', status: 409 },
  ERR_ROW_INVALID: { text: 'A field of the row is missing or of the wrong type.', status: 422 },
  ERR_ROWS_MIXED: { text: 'The array contains rows of several markets or intervals.', status: 422 },
  ERR_QUERY_INVALID: { text: 'A query parameter is missing or of the wrong type.', status: 400 },
  ERR_BODY_SHAPE: { text: 'The body is not JSON or does not have the expected shape.', status: 400 },
  ERR_BODY_TYPE: {
    text: 'The content type is not application/json, or not text/csv where a file is expected.',
    status: 415,
  },
  ERR_BODY_TOO_LARGE: { text: 'The body has more bytes or rows than one call accepts.', status: 413 },
  ERR_NOT_STORED: {
    text: 'The database did not store the change, so it was not answered. Send it again.',
    status: 503,
  },
  ERR_BUSY: { text: 'Too many requests are waiting. Send it again later.', status: 503 },
  ERR_STREAM_MOVED: {
    text: 'The market is moving from one server to another. Send it again.',
    status: 503,
  },
  ERR_STOPPING: { text: 'The server is stopping. Send it again when it is back.', status: 503 },
  ERR_REQUEST_INVALID: {
    text: 'The request is not valid HTTP, or has headers that the server cannot satisfy.',
    status: 400,
  },
  ERR_NOT_FOUND: { text: 'No such endpoint or resource.', status: 404 },
  ERR_KEY_REQUIRED: { text: 'The call requires an API key or a session.', status: 401 },
  ERR_KEY_INVALID: { text: 'The API key is unknown, wrong or revoked.', status: 401 },
  ERR_KEY_SCOPE: { text: 'The scope of the API key does not allow this call.', status: 403 },
  ERR_KEY_UNKNOWN: { text: 'The API key named in the command does not exist.', status: 500 },
  ERR_KEYS_NONE: { text: 'Other machines can reach the server, but there is no API key.', status: 500 },
  ERR_ORIGIN_REFUSED: {
    text: 'The request comes from the page of another site, or through a proxy to a server that requires no key.',
    status: 403,
  },
  ERR_RATE_LIMITED: {
    text: 'Rate limit exceeded: too many requests, failed sign-ins or streams. Send it again after Retry-After seconds.',
    status: 429,
  },
  ERR_URL_TOO_LONG: { text: 'The URL is too long.', status: 414 },
  ERR_REPLAY_INVALID: {
    text: 'A field of the replay, or of its change, is missing or of the wrong type.',
    status: 422,
  },
  ERR_REPLAY_OVER: { text: 'A stopped replay cannot be changed, and a finished one has no more rows.', status: 409 },
  ERR_REPLAY_MARKET: { text: 'A market whose name begins with replay: takes rows of a replay only.', status: 409 },
  ERR_REPLAY_DISPLACED: {
    text: 'The market has rows that no replay sent, so a replay needs a market of its own.',
    status: 409,
  },
  ERR_INTERNAL: { text: "Internal error. The server's log has the details under the same request id.", status: 500 },
  ERR_ENV_INVALID: { text: 'The value of an environment variable is invalid.', status: 500 },
  ERR_PORT_TAKEN: { text: 'Another program uses the port.', status: 500 },
  ERR_OPTION_INVALID: { text: 'The value of a command-line option is invalid.', status: 500 },
  ERR_RANGE_EMPTY: { text: 'The source has no row in the range.', status: 500 },
  ERR_SERVER_LOST: { text: 'The server that the simulator started has stopped.', status: 500 },
  ERR_DATABASE_UNREACHABLE: {
    text: 'PostgreSQL does not answer: it is not running, its address is wrong, or it refuses the password.',
    status: 503,
  },
  ERR_DATABASE_REFUSED: {
    text: 'PostgreSQL cannot do it now: it is read-only, its disk is full, or a statement ran out of time.',
    status: 503,
  },
  ERR_DATABASE_VERSION: { text: 'The PostgreSQL server is older than version 15.', status: 500 },
  ERR_DATABASE_MIGRATIONS: {
    text: 'The database schema is older than the program: a migration in migrations/ has not been run.',
    status: 500,
  },
  ERR_DATABASE_UNAVAILABLE: {
    text: 'DATABASE_URL is not set, and a private PostgreSQL cannot be started here.',
    status: 500,
  },
  ERR_STEP_MISPLACED: {
    text: 'A bar or verdict belongs to another stream, or has numbers that are not finite.',
    status: 500,
  },
  ERR_STEP_NOT_NEW: {
    text: 'Another server has stored the bar or its verdict meanwhile.',
    status: 503,
  },
  ERR_SNAPSHOT_LAYOUT: { text: "Another version of the program wrote this engine's snapshot.", status: 500 },
  ERR_MODEL_MANIFEST: { text: "The model's manifest.json is incomplete or not JSON.", status: 500 },
  ERR_MODEL_HASH: { text: "The model's files do not match their checksums.", status: 500 },
  ERR_MODEL_SHAPE: {
    text: 'The model, or the rows given to it, has other features or sizes than expected.',
    status: 500,
  },
  ERR_MODEL_MISSING: { text: 'There is no model of this name and version.', status: 404 },
  ERR_MODEL_REFUSED: {
    text: 'The files of the model cannot be used: they are missing, changed, or made for another version of the program.',
    status: 422,
  },
  ERR_MODEL_NO_EARLIER: { text: 'There is no earlier champion to return to.', status: 409 },
  ERR_TRIAL_IMPOSSIBLE: {
    text: 'The version cannot be compared with the champion: it has another name, or was trained on every stored bar.',
    status: 409,
  },
  ERR_RETRAIN_RUNNING: { text: 'A training is already running.', status: 409 },
  ERR_RETRAIN_FAILED: { text: 'The training ended without a model; the models are unchanged.', status: 500 },
  ERR_BUDGET_INVALID: { text: 'A field of the budget is missing or of the wrong type.', status: 422 },
  ERR_SETTINGS_INVALID: { text: 'A setting of the stream is of the wrong type, or both lanes are off.', status: 422 },
  ERR_LABEL_INVALID: { text: 'A field of the mark is missing or of the wrong type.', status: 422 },
  ERR_LABEL_MISPLACED: {
    text: 'The mark does not fit the bar: it is unknown, or right or wrong was set where there is no alarm.',
    status: 409,
  },
  ERR_PEER_INVALID: {
    text: "The file of another forecaster's predictions lacks date, high or low, or matches no row in the range.",
    status: 500,
  },
  ERR_TRAINING_SHORT: { text: 'There are too few rows to train and validate on.', status: 409 },
  ERR_TRAINING_DIVERGED: { text: 'The training loss is no longer a finite number.', status: 500 },
  ERR_TRAINING_FLAT: { text: 'The price of the rows never changes: there is nothing to learn.', status: 500 },
  ERR_TRAINING_INTERRUPTED: { text: 'The training was stopped before there was a model to keep.', status: 500 },
  ERR_MODEL_UNWRITABLE: { text: 'The folder for a model or a result is not writable.', status: 500 },
} as const satisfies Readonly<Record<string, { readonly text: string; readonly status: number }>>

/** The code of an error. */
export type ErrorCode = keyof typeof errorCodes
