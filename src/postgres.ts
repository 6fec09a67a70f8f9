export { postgresRecords } from './stores/postgres/postgres-records';
export type { PostgresRecords, PostgresRecordsOptions } from './stores/postgres/postgres-records';
export type { PostgresClient, PostgresPool } from './stores/postgres/queries';
