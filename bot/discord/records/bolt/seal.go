package bolt

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"

	"pentimento/bot/discord/records"
	"pentimento/session/bolt/boltfile"
)

// The buckets of the file:
//
//	bot
//	    seal          how many records there are, and the sum of their marks
//	    <table>
//	        <name>    a record: its mark, and the value
//
// The mark of a record is a digest of its table, its name and its value. One bit
// of the signing key, or of the name of a blocked user, must not change without
// anybody noticing, and no record may vanish: so the seal has all of them.
//
// Before there were marks, tables were buckets of the root, and records values.
var (
	bucketBot = []byte("bot")
	keySeal   = []byte("seal")
)

// markBytes is how long a mark is.
const markBytes = 8

// mark is the mark of a record.
func mark(table, name, value []byte) uint64 {
	sum := sha256.New()
	var size [8]byte
	for _, part := range [][]byte{table, name} {
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		_, _ = sum.Write(size[:]) // as those below it never fails
		_, _ = sum.Write(part)
	}
	_, _ = sum.Write(value)
	return binary.BigEndian.Uint64(sum.Sum(nil))
}

// seal returns the record of a value, nil of nil.
func seal(table, name, value []byte) []byte {
	if value == nil {
		return nil
	}
	return append(binary.BigEndian.AppendUint64(nil, mark(table, name, value)), value...)
}

// unseal returns a copy of the value of a record, nil of nil.
func unseal(table, name, record []byte) ([]byte, error) {
	if record == nil {
		return nil, nil
	}
	if len(record) < markBytes || binary.BigEndian.Uint64(record) != mark(table, name, record[markBytes:]) {
		return nil, boltfile.Damaged("a record of the table %q is not what was written", table)
	}
	return append([]byte{}, record[markBytes:]...), nil
}

// A total is what the seal says of all records.
type total struct{ records, marks uint64 }

// add counts a record, and remove takes it back; nil is none.
func (t *total) add(record []byte) {
	if record != nil {
		t.records, t.marks = t.records+1, t.marks+binary.BigEndian.Uint64(record)
	}
}

func (t *total) remove(record []byte) {
	if record != nil {
		t.records, t.marks = t.records-1, t.marks-binary.BigEndian.Uint64(record)
	}
}

// readTotal reads the seal.
func readTotal(bot *bbolt.Bucket) (total, error) {
	value, err := unseal(bucketBot, keySeal, bot.Get(keySeal))
	if err != nil || len(value) != 16 {
		return total{}, boltfile.Damaged("its seal is broken")
	}
	return total{binary.BigEndian.Uint64(value), binary.BigEndian.Uint64(value[8:])}, nil
}

// write writes the seal.
func (t total) write(bot *bbolt.Bucket) error {
	value := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, t.records), t.marks)
	return bot.Put(keySeal, seal(bucketBot, keySeal, value))
}

// layout makes the buckets of an empty file.
func layout(tx *bbolt.Tx) error {
	bot, err := tx.CreateBucket(bucketBot)
	if err != nil {
		return err
	}
	return total{}.write(bot)
}

// check makes sure that every record is there and is what was written.
func check(tx *bbolt.Tx) error {
	bot := tx.Bucket(bucketBot)
	if bot == nil {
		return boltfile.Damaged("it has no records")
	}
	want, err := readTotal(bot)
	if err != nil {
		return err
	}
	var got total
	err = bot.ForEachBucket(func(table []byte) error {
		return bot.Bucket(table).ForEach(func(name, record []byte) error {
			_, err := unseal(table, name, record)
			if err == nil {
				got.add(record)
			}
			return err
		})
	})
	if err == nil && got != want {
		err = boltfile.Damaged("%d records are left of %d", got.records, want.records)
	}
	return err
}

// upgrade marks the records of a file from before there were marks.
func upgrade(tx *bbolt.Tx) error {
	var tables [][]byte
	err := tx.ForEach(func(table []byte, _ *bbolt.Bucket) error {
		tables = append(tables, bytes.Clone(table))
		return nil
	})
	if err != nil || len(tables) == 0 {
		return err
	}
	if err := layout(tx); err != nil {
		return err
	}
	for _, table := range tables {
		err := tx.Bucket(table).ForEach(func(name, value []byte) error {
			if value == nil {
				return boltfile.Damaged("%q is no table", table)
			}
			return put(tx.Bucket(bucketBot), table, name, value)
		})
		if err == nil {
			err = tx.DeleteBucket(table)
		}
		if err != nil {
			return fmt.Errorf("mark the records of %q: %w", table, err)
		}
	}
	return nil
}

// get returns a value; nil if there is none.
func get(tx *bbolt.Tx, table, name string) ([]byte, error) {
	b := tx.Bucket(bucketBot).Bucket([]byte(table))
	if b == nil {
		return nil, nil
	}
	return unseal([]byte(table), []byte(name), b.Get([]byte(name)))
}

// put replaces a value; nil removes it.
func put(bot *bbolt.Bucket, table, name, value []byte) error {
	if len(value) > records.MaxBytes {
		return records.ErrTooLarge
	}
	b, err := bot.CreateBucketIfNotExists(table)
	if err != nil {
		return err
	}
	all, err := readTotal(bot)
	if err != nil {
		return err
	}
	record := seal(table, name, value)
	all.remove(b.Get(name))
	all.add(record)
	if record == nil {
		err = b.Delete(name)
	} else {
		err = b.Put(name, record)
	}
	if err != nil {
		return err
	}
	return all.write(bot)
}
