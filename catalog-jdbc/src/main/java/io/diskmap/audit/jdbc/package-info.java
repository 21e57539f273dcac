/**
 * The audit trail in a database: appended to by a chain of hashes for each process run, verified,
 * queried, exported and shortened.
 */
@NullMarked
package io.diskmap.audit.jdbc;

import org.jspecify.annotations.NullMarked;
