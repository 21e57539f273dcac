/** What the audit trail and the catalogue share of JDBC: connections, dialects, migrations. */
@NullMarked
package io.diskmap.jdbc.internal;

import org.jspecify.annotations.NullMarked;
