// Compiles assembly/ and writes it as src/binary.ts: text, so that Node, browsers and bundlers load it without a request.
// Does nothing while src/binary.ts is younger than every source.
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = new URL('.', import.meta.url)
const output = new URL('src/binary.ts', here)
const sources = readdirSync(new URL('assembly/', here)).map(name => new URL(`assembly/${name}`, here))
const youngest = Math.max(...[...sources, new URL(import.meta.url)].map(file => statSync(file).mtimeMs))

if (!existsSync(output) || statSync(output).mtimeMs < youngest) {
  const files = new Map()
  const { default: asc } = await import('assemblyscript/asc')
  const { error, stderr } = await asc.main(
    ['assembly/index.ts', '--outFile', 'lstm.wasm', '--baseDir', fileURLToPath(here), '-O3', '--noAssert']
      // Nothing static and no allocator: the kernel may be put to work in a memory that belongs to somebody else.
      .concat(['--enable', 'simd', '--runtime', 'stub', '--importMemory', '--use', 'abort=']),
    { writeFile: (name, contents) => files.set(name, contents) },
  )
  if (error) {
    console.error(stderr.toString())
    throw error
  }
  const base64 = Buffer.from(files.get('lstm.wasm')).toString('base64')
  writeFileSync(output, `// Built from assembly/ by build.mjs.\nexport const binary =\n  '${base64}'\n`)
}
