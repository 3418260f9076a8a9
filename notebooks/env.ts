import process from 'node:process'

/** A CSV file of candles in any layout that data/README.md lists; unset = the synthetic year. */
export const csvFile: string | null = process.env.CANDLEWATCH_CSV || null
