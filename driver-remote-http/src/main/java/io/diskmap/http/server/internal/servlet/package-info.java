/** The door for host applications: a plain Jakarta servlet. */
@NullMarked
package io.diskmap.http.server.internal.servlet;

import org.jspecify.annotations.NullMarked;
