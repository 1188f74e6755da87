// SPDX-License-Identifier: EUPL-1.2

// xmod verifies a tlog-tiles folder with golang.org/x/mod/sumdb, which is nobody's of ours: the
// checkpoint's signature, its root from the entries and from the tiles, every inclusion, and the
// proofs and receipts that were written beside them. It exits 1 and names what does not hold.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8
const tileWidth = 1 << tileHeight

// hashes is the tree recomputed from the entries, in x/mod's storage order.
type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	list := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index < 0 || index >= int64(len(h)) {
			return nil, fmt.Errorf("hash %d is not stored", index)
		}
		list[i] = h[index]
	}
	return list, nil
}

// tiles reads the files of a folder; tlog-tiles leaves the height out of the name.
type tiles struct{ folder string }

func (t tiles) Height() int                         { return tileHeight }
func (t tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (t tiles) read(tile tlog.Tile) ([]byte, error) {
	name := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
	data, err := os.ReadFile(filepath.Join(t.folder, name))
	if err == nil && len(data) != tile.W*tlog.HashSize {
		err = fmt.Errorf("%s has %d bytes, not %d", name, len(data), tile.W*tlog.HashSize)
	}
	return data, err
}
func (t tiles) ReadTiles(list []tlog.Tile) ([][]byte, error) {
	all := make([][]byte, len(list))
	for i, tile := range list {
		data, err := t.read(tile)
		if err != nil {
			return nil, err
		}
		all[i] = data
	}
	return all, nil
}

// log is what the checks work on.
type log struct {
	folder   string
	verifier note.Verifier
	tree     tlog.Tree
	leaves   []tlog.Hash
	stored   hashes
	tiles    tiles
}

func openCheckpoint(text []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("checkpoint: %w", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("checkpoint: not origin, size and root")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("checkpoint: size: %w", err)
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func (l *log) load() error {
	key, err := os.ReadFile(filepath.Join(l.folder, "log.vkey"))
	if err != nil {
		return err
	}
	if l.verifier, err = note.NewVerifier(strings.TrimSuffix(string(key), "\n")); err != nil {
		return fmt.Errorf("log.vkey: %w", err)
	}
	text, err := os.ReadFile(filepath.Join(l.folder, "checkpoint"))
	if err != nil {
		return err
	}
	l.tree, err = openCheckpoint(text, l.verifier)
	return err
}

// readBundle gives the entries of one bundle file.
func readBundle(path string, width int) ([][]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("%s: cut short", path)
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:end])
		data = data[end:]
	}
	if len(entries) != width {
		return nil, fmt.Errorf("%s: %d entries, not %d", path, len(entries), width)
	}
	return entries, nil
}

func (l *log) hashEntries() error {
	for n := int64(0); n < l.tree.N; {
		tile := tlog.Tile{H: tileHeight, L: -1, N: n / tileWidth, W: tileWidth}
		if l.tree.N-n < tileWidth {
			tile.W = int(l.tree.N - n)
		}
		name := strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1)
		entries, err := readBundle(filepath.Join(l.folder, name), tile.W)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			leaf := tlog.RecordHash(entry)
			more, err := tlog.StoredHashesForRecordHash(n, leaf, l.stored)
			if err != nil {
				return err
			}
			l.leaves = append(l.leaves, leaf)
			l.stored = append(l.stored, more...)
			n++
		}
	}
	root, err := tlog.TreeHash(l.tree.N, l.stored)
	if err != nil || root != l.tree.Hash {
		return fmt.Errorf("the entries have root %v, the checkpoint %v (%v)", root, l.tree.Hash, err)
	}
	return nil
}

// checkTiles compares each tile of the final size with the recomputed tree, and counts them.
func (l *log) checkTiles() (int, error) {
	count := 0
	for level := 0; l.tree.N>>(tileHeight*level) > 0; level++ {
		width := l.tree.N >> (tileHeight * level)
		for n := int64(0); n*tileWidth < width; n++ {
			tile := tlog.Tile{H: tileHeight, L: level, N: n, W: tileWidth}
			if width-n*tileWidth < tileWidth {
				tile.W = int(width - n*tileWidth)
			}
			got, err := l.tiles.read(tile)
			if err != nil {
				return 0, err
			}
			want, err := tlog.ReadTileData(tile, l.stored)
			if err != nil || !bytes.Equal(got, want) {
				return 0, fmt.Errorf("%s is not the tile of the entries (%v)", tile.Path(), err)
			}
			count++
		}
	}
	root, err := tlog.TreeHash(l.tree.N, tlog.TileHashReader(l.tree, l.tiles))
	if err != nil || root != l.tree.Hash {
		return 0, fmt.Errorf("the tiles have root %v, the checkpoint %v (%v)", root, l.tree.Hash, err)
	}
	return count, nil
}

func (l *log) checkEveryInclusion() error {
	for n := int64(0); n < l.tree.N; n++ {
		proof, err := tlog.ProveRecord(l.tree.N, n, l.stored)
		if err == nil {
			err = tlog.CheckRecord(proof, l.tree.N, l.tree.Hash, n, l.leaves[n])
		}
		if err != nil {
			return fmt.Errorf("inclusion %d: %w", n, err)
		}
	}
	return nil
}

// checkInclusion holds a proof of ours against the one made from the tiles.
func (l *log) checkInclusion(n int64, ours []tlog.Hash) error {
	theirs, err := tlog.ProveRecord(l.tree.N, n, tlog.TileHashReader(l.tree, l.tiles))
	if err != nil {
		return err
	}
	if !equal(theirs, ours) {
		return errors.New("is not the one x/mod makes")
	}
	return tlog.CheckRecord(ours, l.tree.N, l.tree.Hash, n, l.leaves[n])
}

func (l *log) checkConsistency(old int64, ours []tlog.Hash) error {
	oldRoot, err := tlog.TreeHash(old, l.stored)
	if err != nil {
		return err
	}
	theirs, err := tlog.ProveTree(l.tree.N, old, tlog.TileHashReader(l.tree, l.tiles))
	if err != nil {
		return err
	}
	if !equal(theirs, ours) {
		return errors.New("is not the one x/mod makes")
	}
	return tlog.CheckTree(ours, l.tree.N, l.tree.Hash, old, oldRoot)
}

func equal(a, b []tlog.Hash) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func parseHashes(texts []string, decode func(string) ([]byte, error)) ([]tlog.Hash, error) {
	list := make([]tlog.Hash, len(texts))
	for i, text := range texts {
		raw, err := decode(text)
		if err != nil || len(raw) != tlog.HashSize {
			return nil, fmt.Errorf("%q is no hash", text)
		}
		copy(list[i][:], raw)
	}
	return list, nil
}

// checkProofs reads proofs.txt and counts both kinds.
func (l *log) checkProofs() (inclusions, consistencies int, err error) {
	text, err := os.ReadFile(filepath.Join(l.folder, "proofs.txt"))
	if err != nil {
		return 0, 0, err
	}
	for _, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			return 0, 0, fmt.Errorf("proofs.txt: %q", line)
		}
		position, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil {
			return 0, 0, err
		}
		proof, err := parseHashes(fields[2:], hex.DecodeString)
		if err != nil {
			return 0, 0, err
		}
		if fields[0] == "inclusion" {
			err = l.checkInclusion(position, proof)
			inclusions++
		} else {
			err = l.checkConsistency(position, proof)
			consistencies++
		}
		if err != nil {
			return 0, 0, fmt.Errorf("%s %d: %w", fields[0], position, err)
		}
	}
	return inclusions, consistencies, nil
}

func (l *log) checkReceipt(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	parts := strings.SplitN(string(text), "\n\n", 2)
	head := strings.Split(parts[0], "\n")
	if len(parts) != 2 || len(head) < 2 || head[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("is no tlog-proof")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(head[1], "index "), 10, 64)
	if err != nil {
		return err
	}
	tree, err := openCheckpoint([]byte(parts[1]), l.verifier)
	if err != nil || tree != l.tree {
		return fmt.Errorf("carries another checkpoint (%v)", err)
	}
	proof, err := parseHashes(head[2:], base64.StdEncoding.DecodeString)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, l.leaves[index])
}

func (l *log) checkReceipts() (int, error) {
	list, err := filepath.Glob(filepath.Join(l.folder, "receipts", "*.tlog-proof"))
	if err != nil {
		return 0, err
	}
	for _, path := range list {
		if err := l.checkReceipt(path); err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
	}
	return len(list), nil
}

func run(folder string) error {
	l := &log{folder: folder, tiles: tiles{folder}}
	if err := l.load(); err != nil {
		return err
	}
	if err := l.hashEntries(); err != nil {
		return err
	}
	count, err := l.checkTiles()
	if err != nil {
		return err
	}
	if err := l.checkEveryInclusion(); err != nil {
		return err
	}
	inclusions, consistencies, err := l.checkProofs()
	if err != nil {
		return err
	}
	receipts, err := l.checkReceipts()
	if err != nil {
		return err
	}
	fmt.Printf("size=%d tiles=%d inclusions=%d consistencies=%d receipts=%d\n",
		l.tree.N, count, inclusions, consistencies, receipts)
	return nil
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: xmod DIR")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "xmod:", err)
		os.Exit(1)
	}
}
