/**
 * Amazon S3 and compatible object stores.
 *
 * <p>A file is an object, a save is one PUT or a multipart upload, and the store decides every
 * condition. What an object has no place for lies below {@code .diskmap/} in the disk's root.
 */
@NullMarked
package io.diskmap.s3;

import org.jspecify.annotations.NullMarked;
