/** TLS from PEM files, for both ends. Nothing here is for use outside this module. */
@NullMarked
package io.diskmap.http.internal.tls;

import org.jspecify.annotations.NullMarked;
