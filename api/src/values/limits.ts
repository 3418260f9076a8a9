/** Rows in one call of `POST /predict_anomaly`, and in one page of a listing. */
export const maxRows = 10_000

/** Bytes of a JSON body. */
export const maxBodyBytes = 4 * 2 ** 20

/** Bytes of a CSV file that is imported. */
export const maxFileBytes = 64 * 2 ** 20

/** The longest interval of a bar, in milliseconds. */
export const maxIntervalMs = 7 * 86_400_000
