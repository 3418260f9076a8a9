/** Rows in one call of `POST /predict_anomaly`, and in one page of a listing. */
export const maxRows = 10_000

/** Bytes of a JSON body. */
export const maxBodyBytes = 4 * 2 ** 20

/** Bytes of a CSV file that is imported. */
export const maxFileBytes = 64 * 2 ** 20

/** The longest interval of a bar, in milliseconds: a mean month, which stands for months of the calendar. */
export const maxIntervalMs = 2_629_746_000

/** Bytes of any other JSON body. */
export const maxSmallBodyBytes = 16 * 2 ** 10

/** Rows of a CSV file that is imported: four years of minutes. */
export const maxFileRows = 2_000_000

/** Candles in one answer. One is made of up to 30 bars of 1m: 60,000 rows are read in less than a tenth of a second. */
export const maxPoints = 2_000

/** Characters of an address. */
export const maxAddressLength = 2_048

/** The latest date, in milliseconds since 1970: a bar that opens then still closes in the year 9999, the last that databases accept as text. */
export const latestMs = Date.UTC(9999, 11, 24)

/** The id of the profile of everybody who has not changed theirs. */
export const defaultProfileId = 'default'
