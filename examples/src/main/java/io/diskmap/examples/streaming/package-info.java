/** Deployment 1, two-server streaming: a public web server that keeps every file elsewhere. */
@NullMarked
package io.diskmap.examples.streaming;

import org.jspecify.annotations.NullMarked;
