import process from 'node:process'

/** A CSV file of candles in any layout that data/README.md lists; unset = the synthetic year. */
// biome-ignore lint/style/noProcessEnv: this is the notebooks' env file; the rule's exemption names those in src/ only.
export const csvFile: string | null = process.env.CANDLEWATCH_CSV || null
