// What the command "ng build" does, without the rest of that command.
import { Architect } from '@angular-devkit/architect'
import { WorkspaceNodeModulesArchitectHost } from '@angular-devkit/architect/node/index.js'
import { json, logging, workspaces } from '@angular-devkit/core'
import { createConsoleLogger, NodeJsSyncHost } from '@angular-devkit/core/node/index.js'

const host = workspaces.createWorkspaceHost(new NodeJsSyncHost())
const { workspace } = await workspaces.readWorkspace(process.cwd(), host)
const registry = new json.schema.CoreSchemaRegistry()
registry.addPostTransform(json.schema.transforms.addUndefinedDefaults)
const architect = new Architect(new WorkspaceNodeModulesArchitectHost(workspace, process.cwd()), registry)
const run = await architect.scheduleTarget({ project: 'app', target: 'build' }, {}, { logger: createConsoleLogger() ?? new logging.NullLogger() })
const { success } = await run.lastOutput
await run.stop()
process.exit(success ? 0 : 1)
