import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { validate } from 'dockerfile-utils'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { dashboards, deploy, root, textOf } from './deploy.ts'

interface Service {
  readonly image?: string
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly depends_on?: readonly string[] | Readonly<Record<string, { readonly condition: string }>>
  readonly stop_grace_period?: string
  readonly mem_limit?: string
  readonly pids_limit?: number
  readonly logging?: { readonly driver: string; readonly options: Readonly<Record<string, string>> }
}

const dockerfile = textOf('deploy/Dockerfile')
const compose = parse(textOf('deploy/compose.yaml'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, null>>
}
const services = Object.entries(compose.services)
const prometheusConfig = parse(textOf('deploy/prometheus/prometheus.yml'))
const serverEnv = new Set(
  ['env', 'access-env'].flatMap(file =>
    [...textOf(`server/src/platform/${file}.ts`).matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name!),
  ),
)

/** Where a container has what lies in deploy/. */
function mountOf(service: string, source: string): string | undefined {
  const mount = compose.services[service]!.volumes!.find(one => one.startsWith(`./${source}:`))
  return mount?.split(':')[1]
}

describe('deploy/Dockerfile', () => {
  const copies = [...dockerfile.matchAll(/^COPY (.+)$/gm)].map(([, line]) => {
    const words = line!.split(' ').filter(word => !word.startsWith('--'))
    return { from: /--from=(\w+)/.exec(line!)?.[1], sources: words.slice(0, -1), to: words.at(-1)! }
  })
  // The copies that a stage takes from the repository itself.
  const own = copies.filter(copy => copy.from === undefined)

  it('reads as a Dockerfile without a warning', () => {
    expect(validate(dockerfile)).toEqual([])
  })

  it('copies files that exist, and none that .dockerignore excludes', () => {
    const ignored = textOf('.dockerignore')
      .split('\n')
      .filter(line => line !== '' && !line.startsWith('#'))
    for (const source of own.flatMap(copy => copy.sources)) {
      expect(existsSync(join(root, source)), source).toBe(true)
      for (const pattern of ignored) expect(source.split('/')[0]).not.toBe(pattern)
    }
    for (const folder of ['deploy/secrets', '.candlewatch', 'data']) {
      expect(ignored.some(pattern => folder.startsWith(pattern) || pattern === '**/.*')).toBe(true)
    }
  })

  it('contains every workspace that server and trainer need: its package and its build', () => {
    const needed = new Set(['server', 'lab'])
    for (const workspace of needed) {
      const { dependencies = {} } = JSON.parse(textOf(`${workspace}/package.json`))
      for (const name of Object.keys(dependencies)) {
        if (name.startsWith('@candlewatch/')) needed.add(name.replace('@candlewatch/', ''))
      }
    }
    const packages = own.flatMap(copy => copy.sources).filter(source => source.endsWith('/package.json'))
    expect(packages.sort()).toEqual([...needed].map(name => `${name}/package.json`).sort())
    const built = copies.filter(copy => copy.from === 'build')
    expect(built.map(copy => copy.sources)).toEqual(built.map(copy => [`/app/${copy.to}`]))
    expect(built.map(copy => copy.to).sort()).toEqual([...needed, 'web'].map(name => `${name}/dist`).sort())
  })

  it('does not run as root, and has a supported Node and known variables', () => {
    expect(dockerfile).toMatch(/^USER node$/m)
    const { engines } = JSON.parse(textOf('package.json'))
    const images = [...dockerfile.matchAll(/^FROM node:(\d+)\.\d+\.\d+-bookworm-slim/gm)]
    expect(images).toHaveLength(3)
    for (const [, major] of images) {
      expect(Number(major)).toBeGreaterThanOrEqual(Number(/>=(\d+)/.exec(engines.node)![1]))
    }
    const variables = [.../^ENV ((?:.*\\\n)*.*)$/m.exec(dockerfile)![1]!.matchAll(/(\w+)=/g)].map(([, name]) => name!)
    for (const name of variables) expect([...serverEnv, 'NODE_ENV']).toContain(name)
    expect(existsSync(join(root, 'server/src/main.ts'))).toBe(true)
    expect(dockerfile).toMatch(/^CMD \["node", "server\/dist\/main.js"\]$/m)
  })

  it('has a health check that runs, for the port that is exposed', () => {
    const check = JSON.parse(/^HEALTHCHECK .*\\\n +CMD (.+)$/m.exec(dockerfile)![1]!) as string[]
    expect(check.slice(0, 2)).toEqual(['node', '-e'])
    expect(() => new Function(check[2]!)).not.toThrow()
    expect(/PORT=(\d+)/.exec(dockerfile)![1]).toBe(/^EXPOSE (\d+)$/m.exec(dockerfile)![1])
  })
})

describe('deploy/compose.yaml', () => {
  it.each(services)('%s mounts files that exist, waits for services that exist, and has a health check', (_, one) => {
    for (const [source] of (one.volumes ?? []).map(volume => volume.split(':'))) {
      if (source!.startsWith('.')) expect(existsSync(join(deploy, source!)), source).toBe(true)
      else expect(compose.volumes).toHaveProperty(source!)
    }
    const awaited = Array.isArray(one.depends_on) ? one.depends_on : Object.keys(one.depends_on ?? {})
    for (const name of awaited) expect(compose.services).toHaveProperty(name)
    expect(one.healthcheck !== undefined || one.build !== undefined).toBe(true)
    if (one.build) expect(existsSync(join(deploy, one.build.context, one.build.dockerfile))).toBe(true)
    // An exact version, so that the same files always start the same programs.
    else expect(one.image).toMatch(/:v?\d+\.\d+(\.\d+)?(-bookworm)?$/)
  })

  it.each(services)('%s has limits for memory, processes and its log', (_, { mem_limit, pids_limit, logging }) => {
    expect(mem_limit).toMatch(/\d[mg]\b/)
    expect(pids_limit).toBeGreaterThan(0)
    expect(logging).toEqual({
      driver: 'json-file',
      options: { 'max-size': expect.stringMatching(/^\d+m$/), 'max-file': expect.stringMatching(/^\d$/) },
    })
  })

  it.each(services)(
    '%s has no secret in the file, and no port that is open to the network',
    (_, { environment, ports }) => {
      for (const [name, value] of Object.entries(environment ?? {})) {
        if (/PASSWORD|SECRET|TOKEN|DATABASE_URL/.test(name)) expect(value).toMatch(/\$\{[A-Z_]+:\?Set [^}]+\}/)
      }
      for (const port of ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/)
    },
  )

  it('the server gets known variables, the port on which it listens, and enough time to stop', () => {
    const { environment, ports, stop_grace_period } = compose.services.server!
    for (const name of Object.keys(environment!)) expect([...serverEnv]).toContain(name)
    const port = /^EXPOSE (\d+)$/m.exec(dockerfile)![1]
    expect(ports!.map(one => one.split(':').at(-1))).toEqual([port])
    const limitMs = Number(/longestStopMs = ([\d_]+)/.exec(textOf('server/src/main.ts'))![1]!.replace('_', ''))
    expect(Number.parseInt(stop_grace_period!, 10) * 1_000).toBeGreaterThan(limitMs)
  })

  it('mounts nothing over the files of the image, so that a newer image brings its own', () => {
    const targets = (compose.services.server?.volumes ?? []).map(volume => volume.split(':')[1])
    expect(targets).toEqual([/MODELS_CACHE_DIR=(\S+)/.exec(dockerfile)?.[1]])
    const [, workDir] = /^FROM node[\s\S]*^WORKDIR (\S+)$/m.exec(dockerfile) ?? []
    for (const target of targets) expect(target).not.toMatch(`${workDir}/`)
  })

  it('Prometheus queries the server at its name and port, with the mounted key', () => {
    const [{ authorization, static_configs }] = prometheusConfig.scrape_configs
    const port = /^EXPOSE (\d+)$/m.exec(dockerfile)![1]
    expect(static_configs).toEqual([{ targets: [`server:${port}`] }])
    const folder = mountOf('prometheus', 'prometheus/prometheus.yml')!.replace(/\/[^/]+$/, '')
    expect(`${folder}/${authorization.credentials_file}`).toMatch(`${mountOf('prometheus', 'secrets')}/`)
    expect(`${folder}/rules`).toBe(mountOf('prometheus', 'prometheus/rules'))
  })

  it('Grafana queries Prometheus at its name, and finds the dashboards where they are mounted', () => {
    const source = parse(textOf('deploy/grafana/provisioning/datasources/prometheus.yml')).datasources[0]
    expect(compose.services).toHaveProperty(new URL(source.url).hostname)
    const provider = parse(textOf('deploy/grafana/provisioning/dashboards/candlewatch.yml')).providers[0]
    expect(provider.options.path).toBe(mountOf('grafana', 'grafana/dashboards'))
  })
})

describe.each(dashboards())('dashboard $title', ({ panels, templating }) => {
  const { uid } = parse(textOf('deploy/grafana/provisioning/datasources/prometheus.yml')).datasources[0]

  it('queries the provisioned data source, and uses only variables that it has', () => {
    const known = new Set([...templating.list.map(one => one.name), '__rate_interval', '__range'])
    for (const { datasource, targets } of panels) {
      expect([datasource.uid, ...targets.map(one => one.datasource.uid)]).toEqual([uid, ...targets.map(() => uid)])
      for (const [, name] of targets.flatMap(({ expr }) => [...expr.matchAll(/\$(\w+)/g)]))
        expect(known).toContain(name)
    }
  })

  it('has panels with a description, none of which overlap', () => {
    expect(new Set(panels.map(panel => panel.id)).size).toBe(panels.length)
    const taken = new Set<string>()
    for (const { title, description, gridPos } of panels) {
      expect(`${title}: ${description}`).toMatch(/^.+: .{8,}\.$/)
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.has(`${x},${y}`), title).toBe(false)
          taken.add(`${x},${y}`)
        }
      }
    }
  })
})

it('docs/operation.md says what to do about every alert, and about no other', () => {
  const { groups } = parse(textOf('deploy/prometheus/rules/candlewatch.yml'))
  const rules = groups.flatMap((group: { rules: { alert: string; annotations: { runbook: string } }[] }) => group.rules)
  const headings = [...textOf('docs/operation.md').matchAll(/^### (Candlewatch\w+)$/gm)].map(([, name]) => name)
  expect(headings.sort()).toEqual(rules.map((rule: { alert: string }) => rule.alert).sort())
  for (const { alert, annotations } of rules) {
    expect(annotations.runbook).toBe(`docs/operation.md#${alert.toLowerCase()}`)
  }
})
