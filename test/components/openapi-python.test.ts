import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe } from '@candlewatch/server/http/openapi'
import { rowAt, serving } from '@candlewatch/server/serving.suite'
import { expect, onTestFinished, test } from 'vitest'
import { pythonPath } from './python.ts'

const run = promisify(execFile)

/** A folder with the package `candlewatch_client`, made from the document. */
async function makeClient(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'candlewatch-client-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'openapi.json'), JSON.stringify(describe()))
  // The generator knows no CSV: it sends a file as bytes.
  writeFileSync(join(folder, 'config.yml'), 'content_type_overrides:\n  text/csv: application/octet-stream\n')
  const args = ['generate', '--path', 'openapi.json', '--config', 'config.yml', '--meta', 'none']
  const { stderr, stdout } = await run(
    pythonPath('openapi-python-client'),
    [...args, '--output-path', 'candlewatch_client'],
    {
      cwd: folder,
    },
  )
  expect(`${stdout}${stderr}`).not.toMatch(/WARNING parsing|Unable to process|will not be generated/)
  return folder
}

test('every class of the Python client has the name of a schema', async () => {
  const folder = await makeClient()
  const models = readFileSync(join(folder, 'candlewatch_client/models/__init__.py'), 'utf8')
  const classes = [...models.matchAll(/^from \.\w+ import (\w+)$/gm)].map(([, name]) => name)
  const { components } = describe() as { readonly components: { readonly schemas: object } }
  // A union is no class of its own in Python.
  const unions = ['Reason', 'SkillReason', 'StreamEvent']
  expect(new Set(classes)).toEqual(new Set(Object.keys(components.schemas).filter(name => !unions.includes(name))))
})

test('calls of the Python client work against a running server', async () => {
  const folder = await makeClient()
  const { url } = await serving()
  const script = `
import datetime, json
from candlewatch_client import Client
from candlewatch_client.api.bars import get_bars, get_bars_csv
from candlewatch_client.api.operations import get_readiness
from candlewatch_client.api.labels import post_label
from candlewatch_client.api.verdicts import get_verdicts, predict_anomaly
from candlewatch_client.models import LabelInput, Mark, Problem, Row, Verdict

client = Client(base_url=${JSON.stringify(url)})
row = Row.from_dict(json.loads(${JSON.stringify(JSON.stringify(rowAt(0)))}))
verdict = predict_anomaly.sync(client=client, body=row)
assert isinstance(verdict, Verdict), verdict
again = predict_anomaly.sync(client=client, body=[row])
assert again == [verdict], again
page = get_verdicts.sync(client=client, limit=5, from_=datetime.datetime(2021, 1, 1, tzinfo=datetime.timezone.utc))
assert page.verdicts == [verdict] and page.next_cursor is None
assert get_bars.sync(client=client).bars[0].close == row.close
assert get_bars_csv.sync_detailed(client=client).content.startswith(b'market,date')
refused = post_label.sync(client=client, body=LabelInput(date=row.date, mark=Mark.RIGHT))
assert isinstance(refused, Problem) and refused.code == 'ERR_LABEL_MISPLACED', refused
print(get_readiness.sync(client=client).status.value)
`
  const { stdout } = await run(pythonPath('python'), ['-c', script], { cwd: folder })
  expect(stdout.trim()).toBe('ready')
})
