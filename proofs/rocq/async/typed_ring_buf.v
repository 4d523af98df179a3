(* SPDX-License-Identifier: Apache-2.0 *)
(* The typed ring: a data area of bytes, two ends that each know only their own side and what the peer has published.

   Model                C (include/gale/async/typed_ring_buf*.h, src/async/typed_ring_buf.c)
   refresh              gale__ring_refresh
   claim W / R          gale_typed_ring_buf_write_claim / _read_claim          (gale__ring_claim)
   OFill                the caller fills one element of its open write claim in place
   commit W / R         gale_typed_ring_buf_write_commit / _read_release       (gale__ring_commit, gale__ring_step)
   OWrite, ORead        gale_typed_ring_buf_write / _read                      (gale__ring_one)
   OWriteN, OReadN      gale_typed_ring_buf_write_n / _read_n                  (gale__ring_transfer)
   OFlush               gale_typed_ring_buf_write_flush / _read_flush          (gale__ring_end_flush)
   OClose               gale_typed_ring_buf_write_close / _read_close          (gale__ring_end_close)
   OAvailable W / R     gale_typed_ring_buf_space_available / _elements_available (gale__ring_end_available)

   Indices count up without end here and run through [0, 2 * capacity) in C; rb10_wrapped_distance and
   rb10_wrapped_step say that C's comparisons compute the same distances and the same next index. *)

From Coq Require Import List Arith Lia Bool.
From Gale Require Import trace bytes.
Import ListNotations.

Inductive who := W | R.
Definition other (x : who) : who := match x with W => R | R => W end.

(* One end, as struct gale__ring_end. *)
Record side := Side {
  index : nat;    (* the next slot to hand over *)
  limit : nat;    (* the first index that is not ours, as last seen *)
  fresh : bool;   (* C's gate: true: at limit; false: at index, so that an element call must look at the peer first *)
  claimed : nat;  (* slots of the open claim *)
  pending : nat;  (* slots handed over, not yet published *)
  batch : nat;    (* publish when this many are pending *)
  pub : nat;      (* the published word: the index *)
  closed : bool   (* the published word: the mark *)
}.

Record ring := Ring { cap : nat; esz : nat; data : list nat; w : side; r : side }.

Inductive error := EAGAIN | EPIPE | EPERM | EINVAL.
Inductive status := Ok (n : nat) | Fail (e : error).

(* What a call answers, and the elements that the writer handed over, that the reader gave back, and that it was shown. *)
Record out := Out { st : status; acc : list (list nat); del : list (list nat); seen : list (list nat) }.

Inductive op :=
| OClaim (x : who) (n : nat) | OCommit (x : who) (k : nat) | OFill (i : nat) (e : list nat)
| OWrite (e : list nat) | ORead | OWriteN (es : list (list nat)) | OReadN (n : nat)
| OFlush (x : who) | OClose (x : who) | OAvailable (x : who).

Definition own (x : who) (s : ring) : side := match x with W => w s | R => r s end.
Definition set (x : who) (s : ring) (e : side) : ring :=
  match x with
  | W => Ring (cap s) (esz s) (data s) e (r s)
  | R => Ring (cap s) (esz s) (data s) (w s) e
  end.
Definition set_data (s : ring) (m : list nat) : ring := Ring (cap s) (esz s) m (w s) (r s).

Definition bias (x : who) (s : ring) : nat := match x with W => cap s | R => 0 end.
Definition peer_limit (x : who) (s : ring) : nat := pub (own (other x) s) + bias x s.
Definition is_writer (x : who) : bool := match x with W => true | R => false end.

Definition get_slot (s : ring) (i : nat) : list nat := get (esz s) (data s) (i mod cap s).
Definition put_slot (s : ring) (i : nat) (e : list nat) : ring := set_data s (put (esz s) (data s) (i mod cap s) e).
Definition slots (s : ring) (i n : nat) : list (list nat) := map (get_slot s) (seq i n).

Definition flush (e : side) : side :=
  Side (index e) (limit e) (fresh e) (claimed e) 0 (batch e) (index e) (closed e).

Definition close (e : side) : side := Side (index e) (index e) false 0 0 (batch e) (index e) true.

Definition refresh (x : who) (s : ring) : ring * status :=
  let e := own x s in
  let l := peer_limit x s in
  let known := l - index e in
  let e0 := Side (index e) (limit e) (fresh e) 0 (pending e) (batch e) (pub e) (closed e) in
  if closed e then (set x s e0, Fail EPERM)
  else if closed (own (other x) s) && (is_writer x || (known =? 0)) then
    (set x s (Side (index e) (index e) false 0 (pending e) (batch e) (pub e) (closed e)), Fail EPIPE)
  else if known =? 0 then (set x s (flush e0), Fail EAGAIN)
  else (set x s (Side (index e) l true 0 (pending e) (batch e) (pub e) (closed e)), Ok known).

Definition open_claim (x : who) (s : ring) (k : nat) : ring * status :=
  let e := own x s in
  (set x s (Side (index e) (limit e) false k (pending e) (batch e) (pub e) (closed e)), Ok k).

Definition claim (x : who) (n : nat) (s : ring) : ring * status :=
  let e := own x s in
  let want := Nat.min n (cap s - index e mod cap s) in
  let known := limit e - index e in
  if known <? want then
    match refresh x s with
    | (s', Ok k) => open_claim x s' (Nat.min k want)
    | bad => bad
    end
  else open_claim x s (Nat.min known want).

(* Hands over n slots; publishes when a batch is full. *)
Definition advance (e : side) (n : nat) : side :=
  let due := batch e <=? pending e + n in
  Side (index e + n) (limit e) (fresh e) (claimed e) (if due then 0 else pending e + n) (batch e)
       (if due then index e + n else pub e) (closed e).

Definition commit (x : who) (k : nat) (s : ring) : ring * status :=
  let e := own x s in
  if claimed e <? k then (s, Fail EINVAL)
  else let e0 := Side (index e) (limit e) true 0 (pending e) (batch e) (pub e) (closed e) in
       (set x s (if k =? 0 then e0 else advance e0 k), Ok 0).

Definition ready (x : who) (s : ring) : ring * status :=
  if negb (fresh (own x s)) || (index (own x s) =? limit (own x s)) then refresh x s else (s, Ok 0).

Fixpoint fill (s : ring) (i : nat) (es : list (list nat)) : ring :=
  match es with [] => s | e :: es' => fill (put_slot s i e) (S i) es' end.

Fixpoint write_n (fuel : nat) (es : list (list nat)) (done : nat) (s : ring) : ring * out :=
  match fuel with
  | 0 => (s, Out (Ok done) [] [] [])
  | S f =>
    match claim W (length es) s with
    | (s1, Ok (S k)) =>
      let s2 := fill s1 (index (w s1)) (firstn (S k) es) in
      let s3 := fst (commit W (S k) s2) in
      let rest := skipn (S k) es in
      let (s4, o) := match rest with
                     | [] => (s3, Out (Ok (done + S k)) [] [] [])
                     | _ => write_n f rest (done + S k) s3
                     end in
      (s4, Out (st o) (firstn (S k) es ++ acc o) [] [])
    | (s1, stop) => (s1, Out (if done =? 0 then stop else Ok done) [] [] [])
    end
  end.

Fixpoint read_n (fuel n done : nat) (s : ring) : ring * out :=
  match fuel with
  | 0 => (s, Out (Ok done) [] [] [])
  | S f =>
    match claim R n s with
    | (s1, Ok (S k)) =>
      let got := slots s1 (index (r s1)) (S k) in
      let s2 := fst (commit R (S k) s1) in
      let (s3, o) := if n - S k =? 0 then (s2, Out (Ok (done + S k)) [] [] []) else read_n f (n - S k) (done + S k) s2 in
      (s3, Out (st o) [] (got ++ del o) [])
    | (s1, stop) => (s1, Out (if done =? 0 then stop else Ok done) [] [] [])
    end
  end.

Definition step (s : ring) (o : op) : ring * out :=
  match o with
  | OClaim x n =>
    let (s', a) := claim x n s in
    (s', Out a [] [] (match x, a with R, Ok k => slots s' (index (r s')) k | _, _ => [] end))
  | OCommit x k =>
    let (s', a) := commit x k s in
    let moved := match a with Ok _ => slots s (index (own x s)) k | _ => [] end in
    (s', Out a (if is_writer x then moved else []) (if is_writer x then [] else moved) [])
  | OFill i e =>
    if i <? claimed (w s) then (put_slot s (index (w s) + i) e, Out (Ok 0) [] [] []) else (s, Out (Fail EINVAL) [] [] [])
  | OWrite e =>
    match ready W s with
    | (s1, Ok _) => let i := index (w s1) in
                    let s2 := put_slot s1 i e in
                    (set W s2 (advance (w s2) 1), Out (Ok 0) [e] [] [])
    | (s1, bad) => (s1, Out bad [] [] [])
    end
  | ORead =>
    match ready R s with
    | (s1, Ok _) => (set R s1 (advance (r s1) 1), Out (Ok 0) [] [get_slot s1 (index (r s1))] [])
    | (s1, bad) => (s1, Out bad [] [] [])
    end
  | OWriteN es => write_n (S (length es)) es 0 s
  | OReadN n => read_n (S n) n 0 s
  | OFlush x => (set x s (if pending (own x s) =? 0 then own x s else flush (own x s)), Out (Ok 0) [] [] [])
  | OClose x => (set x s (close (own x s)), Out (Ok 0) [] [] [])
  | OAvailable x => (s, Out (Ok (peer_limit x s - index (own x s))) [] [] [])
  end.

(* gale_typed_ring_buf_init, with each end's own batch. *)
Definition init (c n bw br : nat) : ring :=
  Ring c n (repeat 0 (c * n)) (Side 0 c true 0 0 bw 0 false) (Side 0 0 true 0 0 br 0 false).

(* What a caller can say at all: elements have the ring's size. *)
Definition typed (n : nat) (o : op) : Prop :=
  match o with
  | OFill _ e | OWrite e => length e = n
  | OWriteN es => Forall (fun e => length e = n) es
  | _ => True
  end.

(* Elements written and not yet read, oldest first; what is pending at either end is included as that end sees it. *)
Definition queue (s : ring) : list (list nat) := slots s (index (r s)) (index (w s) - index (r s)).

Definition end_ok (c : nat) (e : side) : Prop :=
  1 <= batch e /\ index e <= limit e /\ claimed e <= limit e - index e /\ claimed e <= c - index e mod c /\
  (fresh e = true -> claimed e = 0) /\ pub e + pending e = index e /\ pending e < batch e.

Definition ok (s : ring) : Prop :=
  0 < cap s /\ length (data s) = cap s * esz s /\ end_ok (cap s) (w s) /\ end_ok (cap s) (r s) /\
  limit (w s) <= pub (r s) + cap s /\ limit (r s) <= pub (w s) /\ index (w s) <= index (r s) + cap s.

(* ---- the invariant is kept --------------------------------------------------------------------------------- *)

Definition same (s s' : ring) : Prop := (* data and both indices are as before *)
  data s' = data s /\ cap s' = cap s /\ esz s' = esz s /\ index (w s') = index (w s) /\ index (r s') = index (r s).

Ltac parts := repeat match goal with |- _ /\ _ => split end.
Ltac split_hyps :=
  repeat match goal with
  | H : _ /\ _ |- _ => destruct H
  | H : _ \/ _ |- _ => destruct H
  | H : (_ =? _) = true |- _ => apply Nat.eqb_eq in H
  end.
Ltac crunch := unfold ok, end_ok, same in *; simpl in *; split_hyps; repeat split; intros; auto; try lia; try congruence.

Lemma init_ok c n bw br : 0 < c -> 1 <= bw -> 1 <= br -> ok (init c n bw br).
Proof.
  intros. unfold ok, end_ok, init; simpl. rewrite repeat_length, (Nat.mod_0_l c) by lia.
  parts; try lia; auto; discriminate.
Qed.

Lemma data_set x s e : data (set x s e) = data s.
Proof. destruct x; reflexivity. Qed.
Lemma cap_set x s e : cap (set x s e) = cap s.
Proof. destruct x; reflexivity. Qed.
Lemma esz_set x s e : esz (set x s e) = esz s.
Proof. destruct x; reflexivity. Qed.
Lemma own_set x s e : own x (set x s e) = e.
Proof. destruct x; reflexivity. Qed.
Lemma other_set x s e : own (other x) (set x s e) = own (other x) s.
Proof. destruct x; reflexivity. Qed.

Lemma slots_set x s e i n : slots (set x s e) i n = slots s i n.
Proof. destruct x; reflexivity. Qed.

Lemma same_queue s s' : same s s' -> queue s' = queue s.
Proof.
  unfold same, queue, slots, get_slot. intros (D & C & E & X & Y). rewrite X, Y.
  apply map_ext; intro. now rewrite D, C, E.
Qed.

Lemma same_slots s s' i n : same s s' -> slots s' i n = slots s i n.
Proof.
  unfold same, slots, get_slot. intros (D & C & E & _). apply map_ext; intro. now rewrite D, C, E.
Qed.

Lemma same_trans s1 s2 s3 : same s1 s2 -> same s2 s3 -> same s1 s3.
Proof. unfold same. intuition congruence. Qed.

(* Arithmetic of the invariant. *)
Ltac okl := unfold ok, end_ok in *; cbn [own is_writer] in *; lia.

Ltac cases :=
  repeat match goal with
  | |- context [if ?b then _ else _] => destruct b eqn:?
  | H : context [Nat.eqb _ _ = true] |- _ => rewrite Nat.eqb_eq in H
  | H : context [Nat.eqb _ _ = false] |- _ => rewrite Nat.eqb_neq in H
  | H : context [Nat.ltb _ _ = true] |- _ => rewrite Nat.ltb_lt in H
  | H : context [Nat.ltb _ _ = false] |- _ => rewrite Nat.ltb_ge in H
  | H : context [Nat.leb _ _ = true] |- _ => rewrite Nat.leb_le in H
  | H : context [Nat.leb _ _ = false] |- _ => rewrite Nat.leb_gt in H
  | H : andb _ _ = true |- _ => apply andb_prop in H; destruct H
  | H : orb _ _ = true |- _ => apply orb_prop in H
  | H : negb _ = false |- _ => apply negb_false_iff in H
  | H : orb _ _ = false |- _ => apply orb_false_elim in H; destruct H
  end.

(* A look: what it answers is what the end owns from then on; it changes nothing that the peer or the data sees. *)
Lemma refresh_spec x s : ok s ->
  let s' := fst (refresh x s) in
  ok s' /\ same s s' /\
  match snd (refresh x s) with
  | Ok k => 0 < k /\ k = limit (own x s') - index (own x s') /\ fresh (own x s') = true /\
            limit (own x s') = peer_limit x s /\ claimed (own x s') = 0
  | Fail EAGAIN => peer_limit x s = index (own x s)
  | Fail EPIPE => closed (own (other x) s) = true /\ (x = R -> pub (w s) = index (r s))
  | Fail EPERM => closed (own x s) = true
  | Fail EINVAL => False
  end.
Proof.
  destruct s as [c n d [iw lw gw cw pw bw uw zw] [ir lr gr cr pr br ur zr]].
  unfold refresh, peer_limit, bias, flush, same. destruct x; simpl; intro H; cases; simpl; crunch.
Qed.

Lemma claim_spec x n s : ok s ->
  let s' := fst (claim x n s) in
  ok s' /\ same s s' /\
  match snd (claim x n s) with
  | Ok k => k <= n /\ (0 < n -> 0 < k) /\ k = claimed (own x s') /\ index (own x s') mod cap s + k <= cap s /\
            k <= limit (own x s') - index (own x s')
  | Fail EAGAIN => peer_limit x s = index (own x s)
  | Fail EPIPE => closed (own (other x) s) = true /\ (x = R -> pub (w s) = index (r s))
  | Fail EPERM => closed (own x s) = true
  | Fail EINVAL => False
  end.
Proof.
  intro H. assert (C : cap s <> 0) by (clear - H; okl).
  pose proof (Nat.mod_upper_bound (index (own x s)) (cap s) C) as M.
  unfold claim. cases.
  - pose proof (refresh_spec x s H) as (H1 & H2 & H3).
    destruct (refresh x s) as [s1 [k | e]]; simpl in *.
    + destruct H2 as (D & Cp & E & X & Y).
      destruct s1 as [c1 n1 d1 [iw lw gw cw pw bw uw zw] [ir lr gr cr pr br ur zr]].
      destruct x; simpl in *; rewrite ?Cp, ?X, ?Y in *; clear H; crunch.
    + destruct e; intuition.
  - destruct s as [c1 n1 d1 [iw lw gw cw pw bw uw zw] [ir lr gr cr pr br ur zr]].
    destruct x; simpl in *; unfold same; crunch.
Qed.

Lemma advance_ok x s e n : ok s ->
  index e = index (own x s) -> limit e = limit (own x s) -> pending e = pending (own x s) ->
  batch e = batch (own x s) -> pub e = pub (own x s) -> closed e = closed (own x s) ->
  claimed e = 0 -> n <= limit e - index e ->
  ok (set x s (advance e n)).
Proof.
  destruct s as [c n1 d [iw lw gw cw pw bw uw zw] [ir lr gr cr pr br ur zr]], e as [i l g cl p b u z].
  unfold advance. destruct x; simpl; intros; subst; cases; crunch.
Qed.

Lemma commit_spec x k s : ok s ->
  let s' := fst (commit x k s) in
  ok s' /\ data s' = data s /\ cap s' = cap s /\ esz s' = esz s /\ own (other x) s' = own (other x) s /\
  match snd (commit x k s) with
  | Ok _ => k <= claimed (own x s) /\ index (own x s') = index (own x s) + k
  | Fail EINVAL => claimed (own x s) < k /\ s' = s
  | _ => False
  end.
Proof.
  intro H. unfold commit. cases; simpl.
  - intuition.
  - rewrite data_set, cap_set, esz_set, other_set, own_set. simpl. subst. parts; auto; try lia.
    destruct s as [c n1 d [iw lw gw cw pw bw uw zw] [ir lr gr cr pr br ur zr]]; destruct x; crunch.
  - rewrite data_set, cap_set, esz_set, other_set, own_set. simpl. parts; auto; try lia.
    apply advance_ok; auto. destruct x; crunch.
Qed.

Lemma ready_spec x s : ok s ->
  let s' := fst (ready x s) in
  ok s' /\ same s s' /\
  match snd (ready x s) with
  | Ok _ => 0 < limit (own x s') - index (own x s') /\ claimed (own x s') = 0 /\ fresh (own x s') = true
  | Fail EAGAIN => peer_limit x s = index (own x s)
  | Fail EPIPE => closed (own (other x) s) = true /\ (x = R -> pub (w s) = index (r s))
  | Fail EPERM => closed (own x s) = true
  | Fail EINVAL => False
  end.
Proof.
  intro H. unfold ready. cases.
  - pose proof (refresh_spec x s H) as (H1 & H2 & H3). destruct (refresh x s) as [s1 [k | e]]; simpl in *.
    + intuition (try lia).
    + destruct e; intuition.
  - simpl. split; [exact H | split; [unfold same; auto |]]. destruct x; crunch.
Qed.

(* Filling a slot that the writer owns leaves every element of the queue as it was, to the byte. *)
Lemma fill_one s i e : ok s -> index (w s) <= i -> i < limit (w s) -> length e = esz s ->
  ok (put_slot s i e) /\ queue (put_slot s i e) = queue s /\ get_slot (put_slot s i e) i = e /\
  (forall j, index (r s) <= j -> j < i -> get_slot (put_slot s i e) j = get_slot s j).
Proof.
  intros H A B E. assert (C : cap s <> 0) by (clear - H; okl).
  pose proof (Nat.mod_upper_bound i (cap s) C) as M.
  assert (L : length (data s) = cap s * esz s) by (unfold ok in H; tauto).
  assert (K : limit (w s) <= index (r s) + cap s) by (clear - H; okl).
  assert (Z : forall j, index (r s) <= j -> j < i -> get_slot (put_slot s i e) j = get_slot s j).
  { intros j X Y. unfold get_slot, put_slot, set_data; simpl.
    apply get_put_other with (c := cap s); auto using Nat.mod_upper_bound.
    intro Q. apply (mod_apart (cap s) j i); [lia | lia | congruence]. }
  parts; auto.
  - unfold put_slot, set_data, ok in *; simpl. rewrite (put_length (esz s) (data s) (cap s)); auto. tauto.
  - unfold queue, slots. simpl. apply map_ext_in. intros j J. apply in_seq in J. apply Z; lia.
  - unfold get_slot, put_slot, set_data; simpl. apply get_put_same with (c := cap s); auto.
Qed.

Lemma put_slot_ends s i e : w (put_slot s i e) = w s /\ r (put_slot s i e) = r s /\ cap (put_slot s i e) = cap s /\
  esz (put_slot s i e) = esz s.
Proof. auto. Qed.

Lemma fill_spec es : forall s i, ok s -> index (w s) <= i -> i + length es <= limit (w s) ->
  Forall (fun e => length e = esz s) es ->
  ok (fill s i es) /\ queue (fill s i es) = queue s /\ slots (fill s i es) i (length es) = es /\
  w (fill s i es) = w s /\ r (fill s i es) = r s /\ cap (fill s i es) = cap s /\ esz (fill s i es) = esz s /\
  (forall j, index (r s) <= j -> j < i -> get_slot (fill s i es) j = get_slot s j).
Proof.
  induction es as [| e es IH]; intros s i H A B F; simpl in *; [parts; auto|].
  apply Forall_cons_iff in F as [F1 F2].
  destruct (fill_one s i e H A ltac:(lia) ltac:(auto)) as (H1 & Q1 & G1 & K1).
  destruct (IH (put_slot s i e) (S i)) as (H2 & Q2 & G2 & W2 & R2 & C2 & E2 & K2); simpl; auto; try lia.
  parts; auto; try congruence.
  - unfold slots in *. simpl. f_equal; [|exact G2]. rewrite K2; simpl; auto; clear - H A; okl.
  - intros j X Y. rewrite K2; simpl; auto; try lia.
Qed.

Lemma seq_slots s i n k : slots s i (n + k) = slots s i n ++ slots s (i + n) k.
Proof. unfold slots. now rewrite seq_app, map_app. Qed.

(* Handing over moves elements from the writer into the queue, or from the queue to the reader: those, in order. *)
Lemma commit_queue x k s : ok s ->
  let s' := fst (commit x k s) in
  let moved := match snd (commit x k s) with Ok _ => slots s (index (own x s)) k | _ => [] end in
  match x with W => queue s' = queue s ++ moved | R => queue s = moved ++ queue s' end.
Proof.
  intro H. destruct (commit_spec x k s H) as (H1 & D & C & E & O & A).
  destruct (commit x k s) as [s' a]; simpl in *. destruct a as [n | e].
  - destruct A as (A & I).
    assert (Q : forall i n, slots s' i n = slots s i n)
      by (intros; unfold slots, get_slot; now rewrite D, C, E).
    destruct x; simpl in *; unfold queue; rewrite O, I, !Q.
    + assert (index (r s) <= index (w s)) by (clear - H; okl).
      replace (index (w s) + k - index (r s)) with ((index (w s) - index (r s)) + k) by lia.
      rewrite seq_slots. do 2 f_equal. lia.
    + assert (index (r s) + k <= index (w s)) by (clear - H A; okl).
      replace (index (w s) - index (r s)) with (k + (index (w s) - (index (r s) + k))) by lia.
      apply seq_slots.
  - destruct e; try contradiction. destruct A; subst. destruct x; simpl; auto using app_nil_r.
Qed.

(* ---- composed calls ---------------------------------------------------------------------------------------- *)

Definition into (e : op * out) : list (list nat) := acc (snd e).
Definition from (e : op * out) : list (list nat) := del (snd e).

Lemma write_n_spec fuel : forall es done s, ok s -> Forall (fun e => length e = esz s) es ->
  let (s', o) := write_n fuel es done s in
  ok s' /\ esz s' = esz s /\ cap s' = cap s /\ queue s' = queue s ++ acc o /\ del o = [] /\
  acc o = firstn (length (acc o)) es.
Proof.
  induction fuel as [| f IH]; intros es done s H F; [simpl; rewrite app_nil_r; auto 10|].
  cbn [write_n]. destruct (claim_spec W (length es) s H) as (H1 & S1 & A).
  destruct (claim W (length es) s) as [s1 [[| k] | e]]; cbn [fst snd] in *;
    try solve [cbn [acc del]; rewrite app_nil_r; pose proof (same_queue _ _ S1); unfold same in S1; simpl; intuition].
  destruct A as (A1 & A2 & A3 & A4 & A5). cbn [own] in *.
  assert (E1 : esz s1 = esz s) by (unfold same in S1; tauto).
  assert (LF : length (firstn (S k) es) = S k) by (rewrite firstn_length; lia).
  assert (FF : Forall (fun e => length e = esz s1) (firstn (S k) es)).
  { rewrite E1. rewrite <- (firstn_skipn (S k) es) in F. apply Forall_app in F. tauto. }
  destruct (fill_spec (firstn (S k) es) s1 (index (w s1))) as (H2 & Q2 & G2 & W2 & R2 & C2 & E2 & K2);
    auto; [rewrite LF; clear - H1 A1 A3 A5; okl|].
  rewrite LF in G2. set (s2 := fill s1 (index (w s1)) (firstn (S k) es)) in *.
  pose proof (commit_queue W (S k) s2 H2) as QC.
  destruct (commit_spec W (S k) s2 H2) as (H3 & D3 & C3 & E3 & O3 & A'').
  destruct (commit W (S k) s2) as [s3 [z | e]]; cbn [fst snd own] in *;
    [| destruct e; try contradiction; destruct A'' as [X _]; rewrite W2 in X; lia].
  rewrite W2, G2, Q2, (same_queue _ _ S1) in QC.
  assert (CC : cap s3 = cap s) by (unfold same in S1; intuition congruence).
  assert (EE : esz s3 = esz s) by congruence.
  assert (FK : forall l : list (list nat), l = firstn (length l) (skipn (S k) es) ->
             firstn (S k) es ++ l = firstn (length (firstn (S k) es ++ l)) es).
  { intros l Hl. rewrite app_length, LF. rewrite <- (firstn_skipn (S k) es) at 2.
    rewrite firstn_app, LF, (firstn_all2 (n := S k + length l) (firstn (S k) es)) by lia.
    replace (S k + length l - S k) with (length l) by lia. now rewrite <- Hl. }
  destruct (skipn (S k) es) as [| e' rest] eqn:RE.
  - cbn [st acc del]. rewrite app_nil_r.
    parts; auto. specialize (FK [] eq_refl). now rewrite app_nil_r in FK.
  - specialize (IH (e' :: rest) (done + S k) s3 H3).
    destruct (write_n f (e' :: rest) (done + S k) s3) as [s4 o].
    destruct IH as (H4 & E4 & C4 & Q4 & D4 & P4).
    { rewrite EE. rewrite <- RE. rewrite <- (firstn_skipn (S k) es) in F. apply Forall_app in F. tauto. }
    cbn [st acc del]. parts; auto; try congruence.
    rewrite Q4, QC. now rewrite <- app_assoc.
Qed.

Lemma read_n_spec fuel : forall n done s, ok s ->
  let (s', o) := read_n fuel n done s in
  ok s' /\ esz s' = esz s /\ cap s' = cap s /\ queue s = del o ++ queue s' /\ acc o = [] /\ length (del o) <= n.
Proof.
  induction fuel as [| f IH]; intros n done s H; [simpl; intuition lia|].
  cbn [read_n]. destruct (claim_spec R n s H) as (H1 & S1 & A).
  destruct (claim R n s) as [s1 [[| k] | e]]; cbn [fst snd] in *;
    try solve [cbn [acc del]; pose proof (same_queue _ _ S1); unfold same in S1; simpl; intuition (auto; try lia; try congruence)].
  destruct A as (A1 & A2 & A3 & A4 & A5). cbn [own] in *.
  pose proof (commit_queue R (S k) s1 H1) as QC.
  destruct (commit_spec R (S k) s1 H1) as (H3 & D3 & C3 & E3 & O3 & A'').
  destruct (commit R (S k) s1) as [s3 [z | e]]; cbn [fst snd own] in *;
    [| destruct e; try contradiction; lia].
  rewrite (same_queue _ _ S1) in QC.
  assert (LG : length (slots s1 (index (r s1)) (S k)) = S k) by (unfold slots; now rewrite map_length, seq_length).
  assert (E0 : esz s3 = esz s /\ cap s3 = cap s) by (unfold same in S1; intuition congruence).
  destruct E0 as [EZ CZ].
  destruct (n - S k =? 0) eqn:Z.
  - cbn [st acc del]. rewrite app_nil_r, LG. parts; auto; lia.
  - specialize (IH (n - S k) (done + S k) s3 H3).
    destruct (read_n f (n - S k) (done + S k) s3) as [s4 o].
    destruct IH as (H4 & E4 & C4 & Q4 & D4 & P4).
    cbn [st acc del]. rewrite app_length, LG. parts; auto; try congruence; try lia.
    rewrite QC, Q4. now rewrite <- app_assoc.
Qed.

Lemma same_sizes s s' : same s s' -> cap s' = cap s /\ esz s' = esz s.
Proof. unfold same; tauto. Qed.

(* One step: the invariant stays, and the elements are conserved. *)
Lemma step_spec s o : ok s -> typed (esz s) o ->
  let (s', a) := step s o in
  ok s' /\ esz s' = esz s /\ cap s' = cap s /\ queue s ++ acc a = del a ++ queue s'.
Proof.
  intros H T. destruct o as [x n | x k | i e | e | | es | n | x | x | x]; cbn [step typed] in *.
  - destruct (claim_spec x n s H) as (H1 & S1 & _). destruct (claim x n s) as [s1 a]; cbn [fst snd acc del] in *.
    rewrite app_nil_r, (same_queue _ _ S1). pose proof (same_sizes _ _ S1). intuition.
  - pose proof (commit_queue x k s H) as Q.
    destruct (commit_spec x k s H) as (H1 & D1 & C1 & E1 & _).
    destruct (commit x k s) as [s1 a]; cbn [fst snd acc del] in *.
    parts; auto. destruct x; cbn [is_writer acc del] in *; rewrite ?app_nil_r; auto.
  - destruct (i <? claimed (w s)) eqn:C; [|cbn [acc del]; rewrite app_nil_r; auto].
    rewrite Nat.ltb_lt in C.
    destruct (fill_one s (index (w s) + i) e H) as (H1 & Q1 & _); try lia; auto; [clear - H C; okl|].
    cbn [acc del]. rewrite app_nil_r, Q1. parts; auto.
  - destruct (ready_spec W s H) as (H1 & S1 & A). pose proof (same_sizes _ _ S1).
    destruct (ready W s) as [s1 [k | b]]; cbn [fst snd acc del own] in *;
      [| rewrite app_nil_r, (same_queue _ _ S1); intuition].
    destruct A as (A1 & A2 & A3).
    destruct (fill_one s1 (index (w s1)) e H1) as (H2 & Q2 & G2 & K2); try lia.
    set (s2 := put_slot s1 (index (w s1)) e) in *.
    assert (W2 : w s2 = w s1) by reflexivity.
    assert (H3 : ok (set W s2 (advance (w s2) 1))) by (apply advance_ok; auto; cbn [own]; rewrite ?W2; auto; lia).
    parts; auto; try (simpl; intuition congruence).
    rewrite <- (same_queue _ _ S1), <- Q2. unfold queue. rewrite slots_set. cbn [set w r index advance].
    rewrite W2. assert (R2 : r s2 = r s1) by reflexivity. rewrite R2.
    assert (index (r s1) <= index (w s1)) by (clear - H1; okl).
    replace (index (w s1) + 1 - index (r s1)) with ((index (w s1) - index (r s1)) + 1) by lia.
    rewrite seq_slots. cbn [app]. f_equal. unfold slots; cbn [seq map].
    replace (index (r s1) + (index (w s1) - index (r s1))) with (index (w s1)) by lia.
    now rewrite G2.
  - destruct (ready_spec R s H) as (H1 & S1 & A). pose proof (same_sizes _ _ S1).
    destruct (ready R s) as [s1 [k | b]]; cbn [fst snd acc del own] in *;
      [| rewrite app_nil_r, (same_queue _ _ S1); intuition].
    destruct A as (A1 & A2 & A3).
    assert (H3 : ok (set R s1 (advance (r s1) 1))) by (apply advance_ok; auto; cbn [own]; auto; lia).
    parts; auto; try (simpl; intuition congruence).
    rewrite app_nil_r, <- (same_queue _ _ S1). unfold queue. rewrite slots_set. cbn [set w r index advance].
    assert (index (r s1) + 1 <= index (w s1)) by (clear - H1 A1; okl).
    replace (index (w s1) - index (r s1)) with (1 + (index (w s1) - (index (r s1) + 1))) by lia.
    rewrite seq_slots. reflexivity.
  - pose proof (write_n_spec (S (length es)) es 0 s H T) as X.
    destruct (write_n (S (length es)) es 0 s) as [s' a]. destruct X as (X1 & X2 & X3 & X4 & X5 & _).
    rewrite X5. auto.
  - pose proof (read_n_spec (S n) n 0 s H) as X.
    destruct (read_n (S n) n 0 s) as [s' a]. destruct X as (X1 & X2 & X3 & X4 & X5 & _).
    rewrite X5, app_nil_r. auto.
  - cbn [acc del]. rewrite app_nil_r. rewrite esz_set, cap_set. parts; auto.
    + destruct s as [c n1 d [iw lw gw cw pw bw uw zw] [ir lr gr cr pr br ur zr]];
        destruct x; simpl; destruct (_ =? 0); crunch.
    + symmetry. apply same_queue. unfold same. rewrite data_set, cap_set, esz_set.
      destruct x; simpl; destruct (_ =? 0); auto.
  - cbn [acc del]. rewrite app_nil_r. rewrite esz_set, cap_set. parts; auto.
    + assert (M : forall i, i mod cap s < cap s) by (intro; apply Nat.mod_upper_bound; clear - H; okl).
      destruct s as [c n1 d [iw lw gw cw pw bw uw zw] [ir lr gr cr pr br ur zr]]; destruct x; crunch.
    + symmetry. apply same_queue. unfold same. rewrite data_set, cap_set, esz_set. destruct x; simpl; auto.
  - cbn [acc del]. rewrite app_nil_r. auto.
Qed.

Lemma step_ok s o : ok s -> typed (esz s) o -> ok (fst (step s o)).
Proof. intros H T. pose proof (step_spec s o H T). destruct (step s o); tauto. Qed.

(* Writer's operations leave the reader's end alone and deliver nothing; the reader's leave the writer's end and all data. *)
Definition side_of (o : op) : who :=
  match o with
  | OClaim x _ | OCommit x _ | OFlush x | OClose x | OAvailable x => x
  | OFill _ _ | OWrite _ | OWriteN _ => W
  | ORead | OReadN _ => R
  end.

Lemma refresh_other x s : own (other x) (fst (refresh x s)) = own (other x) s /\ data (fst (refresh x s)) = data s.
Proof. unfold refresh. cases; simpl; rewrite ?other_set, ?data_set; auto. Qed.

Lemma claim_other x n s : own (other x) (fst (claim x n s)) = own (other x) s /\ data (fst (claim x n s)) = data s.
Proof.
  unfold claim, open_claim. pose proof (refresh_other x s) as [P Q]. cases.
  - destruct (refresh x s) as [s1 [k | e]]; simpl in *; rewrite ?other_set, ?data_set; auto.
  - simpl. rewrite ?other_set, ?data_set; auto.
Qed.

Lemma commit_other x k s : own (other x) (fst (commit x k s)) = own (other x) s /\ data (fst (commit x k s)) = data s.
Proof. unfold commit. cases; simpl; rewrite ?other_set, ?data_set; auto. Qed.

Lemma ready_other x s : own (other x) (fst (ready x s)) = own (other x) s /\ data (fst (ready x s)) = data s.
Proof. unfold ready. cases; auto using refresh_other. Qed.

Lemma fill_other es : forall s i, r (fill s i es) = r s.
Proof. induction es as [| e es IH]; intros; simpl; auto. rewrite IH. reflexivity. Qed.

Lemma write_n_other fuel : forall es done s, r (fst (write_n fuel es done s)) = r s /\ del (snd (write_n fuel es done s)) = [].
Proof.
  induction fuel as [| f IH]; intros; [auto|]. cbn [write_n].
  pose proof (claim_other W (length es) s) as [P _].
  destruct (claim W (length es) s) as [s1 [[| k] | e]]; simpl in P; auto.
  pose proof (commit_other W (S k) (fill s1 (index (w s1)) (firstn (S k) es))) as [Q _].
  destruct (commit W (S k) _) as [s3 z]; cbn [fst own other] in *. rewrite fill_other in Q.
  destruct (skipn (S k) es) as [| e' rest]; simpl; [split; congruence|].
  specialize (IH (e' :: rest) (done + S k) s3). destruct (write_n f (e' :: rest) (done + S k) s3); simpl in *.
  split; [destruct IH; congruence | auto].
Qed.

Lemma read_n_other fuel : forall n done s,
  w (fst (read_n fuel n done s)) = w s /\ data (fst (read_n fuel n done s)) = data s /\
  acc (snd (read_n fuel n done s)) = [].
Proof.
  induction fuel as [| f IH]; intros; [auto|]. cbn [read_n].
  pose proof (claim_other R n s) as [P D].
  destruct (claim R n s) as [s1 [[| k] | e]]; simpl in *; auto.
  pose proof (commit_other R (S k) s1) as [Q D2].
  destruct (commit R (S k) s1) as [s3 z]; simpl in *.
  destruct (n - S k =? 0); simpl; [repeat split; congruence|].
  specialize (IH (n - S k) (done + S k) s3). destruct (read_n f (n - S k) (done + S k) s3); simpl in *.
  destruct IH as (A & B & C). repeat split; congruence.
Qed.

Lemma writer_step s o : side_of o = W -> r (fst (step s o)) = r s /\ del (snd (step s o)) = [].
Proof.
  destruct o as [x n | x k | i e | e | | es | n | x | x | x]; cbn [side_of]; intro E; try discriminate; subst; cbn [step].
  - pose proof (claim_other W n s) as [P _]. destruct (claim W n s); auto.
  - pose proof (commit_other W k s) as [P _]. destruct (commit W k s); auto.
  - destruct (_ <? _); auto.
  - pose proof (ready_other W s) as [P _]. destruct (ready W s) as [s1 [k | b]]; auto.
  - apply write_n_other.
  - auto.
  - auto.
  - auto.
Qed.

Lemma reader_step s o : side_of o = R ->
  w (fst (step s o)) = w s /\ data (fst (step s o)) = data s /\ acc (snd (step s o)) = [].
Proof.
  destruct o as [x n | x k | i e | e | | es | n | x | x | x]; cbn [side_of]; intro E; try discriminate; subst; cbn [step].
  - pose proof (claim_other R n s) as [P Q]. destruct (claim R n s); auto.
  - pose proof (commit_other R k s) as [P Q]. destruct (commit R k s); auto.
  - pose proof (ready_other R s) as [P Q]. destruct (ready R s) as [s1 [k | b]]; auto.
  - apply read_n_other.
  - auto.
  - auto.
  - auto.
Qed.

Lemma queue_length s : length (queue s) = index (w s) - index (r s).
Proof. unfold queue, slots. now rewrite map_length, seq_length. Qed.

Lemma slots_of_queue s k : k <= length (queue s) -> slots s (index (r s)) k = firstn k (queue s).
Proof.
  rewrite queue_length. intro H. unfold queue.
  replace (index (w s) - index (r s)) with (k + (index (w s) - index (r s) - k)) by lia.
  rewrite seq_slots, firstn_app. unfold slots. rewrite map_length, seq_length, Nat.sub_diag. simpl.
  rewrite app_nil_r, firstn_all2; auto. now rewrite map_length, seq_length.
Qed.

(* ---- the properties ---------------------------------------------------------------------------------------- *)

Definition good (c n : nat) (s : ring) : Prop := ok s /\ cap s = c /\ esz s = n.

Lemma good_step c n s o : good c n s -> typed n o -> good c n (fst (step s o)).
Proof.
  intros (H & C & E) T. subst. pose proof (step_spec s o H T). unfold good. destruct (step s o); simpl. tauto.
Qed.

Theorem rb10_invariant c n bw br t : 0 < c -> 1 <= bw -> 1 <= br -> Forall (typed n) t ->
  good c n (final step (init c n bw br) t).
Proof.
  intros. apply run_keeps with (K := typed n); auto using good_step.
  split; [now apply init_ok | auto].
Qed.

(* FIFO: over any trace of both sides, what is there and what the writer hands over is what the reader gives back and
   what is left, in order, byte for byte; nothing is lost, doubled or changed. *)
Theorem rb12_typed_fifo s t : ok s -> Forall (typed (esz s)) t ->
  queue s ++ flat_map into (log step s t) = flat_map from (log step s t) ++ queue (final step s t).
Proof.
  intros H T. apply run_conserves with (I := good (cap s) (esz s)) (K := typed (esz s)); auto using good_step.
  - intros s' o (H' & C & E) T'. rewrite <- E in T'. pose proof (step_spec s' o H' T') as X.
    unfold into, from. destruct (step s' o); simpl in *. tauto.
  - split; auto.
Qed.

Theorem rb12_typed_fifo_from_empty c n bw br t : 0 < c -> 1 <= bw -> 1 <= br -> Forall (typed n) t ->
  let l := log step (init c n bw br) t in
  flat_map into l = flat_map from l ++ queue (final step (init c n bw br) t).
Proof.
  intros. subst l. rewrite <- rb12_typed_fifo by (auto using init_ok). reflexivity.
Qed.

(* RB09: what an operation moves or shows is whole elements, and a claimed run lies on element boundaries. *)
Theorem rb09_whole_elements s o : ok s -> typed (esz s) o ->
  Forall (fun e => length e = esz s) (acc (snd (step s o)) ++ del (snd (step s o)) ++ seen (snd (step s o))).
Proof.
  intros H T.
  assert (A : forall s' i k, ok s' -> Forall (fun e => length e = esz s') (slots s' i k)).
  { intros s' i k H'. unfold slots. apply Forall_map, Forall_forall. intros j _. unfold get_slot.
    apply get_length with (c := cap s'); [apply H' | apply Nat.mod_upper_bound; okl]. }
  pose proof (step_spec s o H T) as X.
  assert (S1 : Forall (fun e => length e = esz s) (acc (snd (step s o)) ++ del (snd (step s o)))).
  { destruct (side_of o) eqn:D.
    - pose proof (writer_step s o D) as [_ Y]. destruct (step s o) as [s' a]; simpl in *. rewrite Y in *.
      destruct X as (X1 & X2 & _ & X4). cbn [app] in X4. rewrite app_nil_r.
      pose proof (A s' (index (r s')) (index (w s') - index (r s')) X1) as F. fold (queue s') in F.
      rewrite <- X4, X2 in F. apply Forall_app in F. tauto.
    - pose proof (reader_step s o D) as (_ & _ & Y). destruct (step s o) as [s' a]; simpl in *. rewrite Y in *.
      destruct X as (X1 & X2 & _ & X4). rewrite app_nil_r in X4. cbn [app].
      pose proof (A s (index (r s)) (index (w s) - index (r s)) H) as F. fold (queue s) in F.
      rewrite X4 in F. apply Forall_app in F. tauto. }
  rewrite app_assoc. apply Forall_app. split; [exact S1|].
  destruct o as [x n | x k | i e | e | | es | n | x | x | x]; cbn [step];
    try solve [repeat match goal with |- context [let (_, _) := ?p in _] => destruct p end; simpl; auto].
  - pose proof (claim_spec x n s H) as (C1 & C2 & _). destruct (claim x n s) as [s1 [k | b]], x; simpl in *; auto.
    pose proof (same_sizes _ _ C2) as [_ E]. rewrite <- E. apply A; auto.
  - destruct (_ <? _); simpl; auto.
  - destruct (ready W s) as [s1 [k | b]]; simpl; auto.
  - destruct (ready R s) as [s1 [k | b]]; simpl; auto.
  - assert (Z : forall f es done s, seen (snd (write_n f es done s)) = []).
    { clear. induction f as [| f IH]; intros; [auto|]. cbn [write_n].
      destruct (claim W (length es) s) as [s1 [[| k] | e]]; auto.
      match goal with |- context [let (_, _) := ?p in _] => destruct p end. auto. }
    rewrite Z. auto.
  - assert (Z : forall f n done s, seen (snd (read_n f n done s)) = []).
    { clear. induction f as [| f IH]; intros; [auto|]. cbn [read_n].
      destruct (claim R n s) as [s1 [[| k] | e]]; auto.
      match goal with |- context [let (_, _) := ?p in _] => destruct p end. auto. }
    rewrite Z. auto.
Qed.

Theorem rb09_claim_on_boundaries s x n k : ok s -> snd (claim x n s) = Ok k ->
  let i := index (own x (fst (claim x n s))) mod cap s in
  k <= n /\ i * esz s + k * esz s <= length (data s).
Proof.
  intros H E. destruct (claim_spec x n s H) as (H1 & _ & A). rewrite E in A.
  destruct A as (A1 & _ & _ & A4 & _). split; auto.
  destruct H as (_ & L & _). rewrite L, <- Nat.mul_add_distr_r. now apply Nat.mul_le_mono_r.
Qed.

(* RB10: the two counts add up to the capacity but for what is pending, and no side believes in more than there is. *)
Theorem rb10_sum s : ok s ->
  (peer_limit R s - index (r s)) + (peer_limit W s - index (w s)) + pending (w s) + pending (r s) = cap s.
Proof. unfold peer_limit, bias; simpl. intro H. okl. Qed.

Theorem rb10_each_side_alone s : ok s ->
  limit (r s) - index (r s) <= peer_limit R s - index (r s) /\
  peer_limit R s - index (r s) <= length (queue s) /\
  (limit (w s) - index (w s)) + length (queue s) <= cap s /\
  (peer_limit W s - index (w s)) + length (queue s) <= cap s.
Proof. rewrite queue_length. unfold peer_limit, bias; simpl. intro H. okl. Qed.

Theorem rb10_every_slot_is_usable s k : ok s -> closed (w s) = false -> closed (r s) = false ->
  pending (r s) = 0 -> length (queue s) < cap s -> snd (step s (OWrite (repeat k (esz s)))) = Out (Ok 0) [repeat k (esz s)] [] [].
Proof.
  intros H CW CR P Q. rewrite queue_length in Q. cbn [step].
  pose proof (ready_spec W s H) as (_ & _ & A). destruct (ready W s) as [s1 [n | b]]; auto. simpl in A.
  destruct b; try contradiction; try (intuition congruence).
  exfalso. unfold peer_limit, bias in A; simpl in A. okl.
Qed.

(* RB11: a claimed run is in place, and no operation of the other side changes or takes it. *)
Theorem rb11_claims_are_disjoint s i j : ok s ->
  index (w s) <= i < limit (w s) -> index (r s) <= j < limit (r s) ->
  i mod cap s <> j mod cap s /\ i mod cap s < cap s /\ j mod cap s < cap s.
Proof.
  intros H I J. assert (cap s <> 0) by (clear - H; okl). repeat split; auto using Nat.mod_upper_bound.
  apply not_eq_sym, mod_apart; clear - H I J; okl.
Qed.

Theorem rb11_read_claim_is_in_place s n k : ok s -> st (snd (step s (OClaim R n))) = Ok k ->
  seen (snd (step s (OClaim R n))) = firstn k (queue s).
Proof.
  intro H. cbn [step]. pose proof (claim_spec R n s H) as (H1 & S1 & A).
  destruct (claim R n s) as [s1 [m | b]]; simpl in *; intro E; [injection E as <- | discriminate].
  rewrite <- (same_queue _ _ S1). apply slots_of_queue. rewrite queue_length. clear - H1 A; okl.
Qed.

Theorem rb11_read_claim_is_stable s t : ok s -> Forall (typed (esz s)) t -> Forall (fun o => side_of o = W) t ->
  let s' := final step s t in
  r s' = r s /\ slots s' (index (r s')) (claimed (r s')) = slots s (index (r s)) (claimed (r s)).
Proof.
  intros H T D s'. subst s'.
  assert (X : forall t s, Forall (fun o => side_of o = W) t -> r (final step s t) = r s /\ flat_map from (log step s t) = []).
  { clear. intro t. induction t as [| o t IH]; intros s D; [auto|]. inversion D; subst.
    rewrite final_cons, log_cons. cbn [flat_map]. destruct (writer_step s o) as [A B]; auto.
    destruct (IH (fst (step s o))) as [A' B']; auto. split; [congruence|]. unfold from at 1; cbn [snd]. now rewrite B, B'. }
  destruct (X t s D) as [XR XD]. split; auto. rewrite XR.
  pose proof (rb12_typed_fifo s t H T) as F. rewrite XD in F. cbn [app] in F.
  assert (L : claimed (r s) <= length (queue s)) by (rewrite queue_length; clear - H; okl).
  rewrite (slots_of_queue s) by auto. rewrite <- XR at 1. rewrite slots_of_queue; rewrite <- F.
  - rewrite firstn_app. replace (claimed (r s) - length (queue s)) with 0 by lia. simpl. now rewrite app_nil_r.
  - rewrite app_length. lia.
Qed.

Theorem rb11_write_claim_is_stable s t : Forall (fun o => side_of o = R) t ->
  w (final step s t) = w s /\ data (final step s t) = data s.
Proof.
  revert s. induction t as [| o t IH]; intros s D; [auto|]. inversion D; subst. rewrite final_cons.
  destruct (reader_step s o) as (A & B & _); auto. destruct (IH (fst (step s o))); auto. split; congruence.
Qed.

(* ---- close ------------------------------------------------------------------------------------------------- *)

Definition shut (s : ring) : Prop := closed (w s) = true /\ pending (w s) = 0 /\ limit (w s) = index (w s).

Lemma shut_ready s : ok s -> shut s -> ready W s = refresh W s /\ snd (refresh W s) = Fail EPERM /\ shut (fst (refresh W s)).
Proof.
  intros H (C & P & L). unfold ready, refresh, shut; simpl. rewrite C, L, Nat.eqb_refl, orb_true_r. simpl. auto.
Qed.

Lemma shut_claim n s : ok s -> shut s ->
  shut (fst (claim W n s)) /\ (n = 0 \/ snd (claim W n s) = Fail EPERM) /\ (n = 0 -> snd (claim W n s) = Ok 0).
Proof.
  intros H Z. destruct (shut_ready s H Z) as (_ & A & B). destruct Z as (C & P & L).
  assert (M : index (w s) mod cap s < cap s) by (apply Nat.mod_upper_bound; clear - H; okl).
  unfold claim; cbn [own]. rewrite L, Nat.sub_diag. destruct (0 <? _) eqn:Q.
  - rewrite Nat.ltb_lt in Q. destruct (refresh W s) as [s1 a]; simpl in *. subst. simpl.
    split; [tauto | split; [auto | intro; exfalso; lia]].
  - rewrite Nat.ltb_ge in Q. unfold shut; simpl. assert (n = 0) by lia. subst. simpl. auto.
Qed.

Lemma shut_step s o : ok s -> shut s -> shut (fst (step s o)) /\ acc (snd (step s o)) = [].
Proof.
  intros H Z. destruct (side_of o) eqn:D.
  2:{ destruct (reader_step s o D) as (A & _ & B). unfold shut. rewrite A. auto. }
  destruct o as [x n | x k | i e | e | | es | n | x | x | x]; cbn [side_of] in D; try discriminate; subst; cbn [step].
  - destruct (shut_claim n s H Z) as (A & _). destruct (claim W n s); auto.
  - pose proof Z as (C & P & L). assert (Q : claimed (w s) = 0) by (clear - H L; okl).
    unfold commit; cbn [own]. rewrite Q. unfold shut, slots. destruct k; simpl; auto.
  - destruct (_ <? _); auto.
  - destruct (shut_ready s H Z) as (A & B & C). rewrite A. destruct (refresh W s) as [s1 a]; simpl in *. subst. auto.
  - destruct (shut_claim (length es) s H Z) as (A & B & C). cbn [write_n].
    destruct (claim W (length es) s) as [s1 a]; simpl in *.
    destruct B as [B | B]; [rewrite (C B); auto | subst; auto].
  - destruct Z as (C & P & L). simpl. rewrite P. simpl. unfold shut; simpl. auto.
  - unfold shut; simpl. auto.
  - auto.
Qed.

Lemma closed_step s o : ok s -> (closed (w s) = true -> shut s) ->
  (closed (w (fst (step s o))) = true -> shut (fst (step s o))).
Proof.
  intros H Z. destruct (closed (w s)) eqn:C; [intros _; apply shut_step; auto|].
  destruct (side_of o) eqn:D; [| destruct (reader_step s o D) as (A & _ & _); rewrite A; congruence].
  assert (RF : closed (w (fst (refresh W s))) = closed (w s)) by (unfold refresh; cases; simpl in *; congruence).
  assert (CL : forall n s, closed (w (fst (claim W n s))) = closed (w s)).
  { clear. intros. unfold claim. assert (closed (w (fst (refresh W s))) = closed (w s)) by (unfold refresh; cases; simpl in *; congruence).
    cases; [| simpl in *; congruence]. destruct (refresh W s) as [s1 [k | e]]; auto. }
  assert (CO : forall k s, closed (w (fst (commit W k s))) = closed (w s)) by (clear; intros; unfold commit; cases; simpl in *; congruence).
  assert (FI : forall es s i, w (fill s i es) = w s) by (clear; induction es; intros; simpl; auto; rewrite IHes; auto).
  assert (WN : forall f es d s, closed (w (fst (write_n f es d s))) = closed (w s)).
  { clear - CL CO FI. induction f as [| f IH]; intros; [auto|]. cbn [write_n].
    pose proof (CL (length es) s). destruct (claim W (length es) s) as [s1 [[| k] | e]]; auto. simpl in H.
    pose proof (CO (S k) (fill s1 (index (w s1)) (firstn (S k) es))) as Q. rewrite FI in Q.
    destruct (skipn (S k) es) as [| e' rest]; [simpl; congruence|].
    match goal with |- context [write_n f ?a ?b ?c] => pose proof (IH a b c) as Y; destruct (write_n f a b c) end.
    simpl in *. congruence. }
  destruct o as [x n | x k | i e | e | | es | n | x | x | x]; cbn [side_of] in D; try discriminate; subst; cbn [step].
  - pose proof (CL n s). destruct (claim W n s); simpl in *. congruence.
  - pose proof (CO k s). destruct (commit W k s); simpl in *. congruence.
  - destruct (_ <? _); simpl; congruence.
  - unfold ready. destruct (_ || _).
    + destruct (refresh W s) as [s1 [k | b]]; simpl in *; congruence.
    + simpl. congruence.
  - rewrite WN. congruence.
  - simpl. destruct (_ =? 0); simpl; congruence.
  - intros _. unfold shut; simpl. auto.
  - simpl. congruence.
Qed.

(* RB14: from the close on nothing is added: what the reader gets, ever, is a prefix of what was there. *)
Theorem rb14_nothing_after_close s t : ok s -> shut s -> Forall (typed (esz s)) t ->
  shut (final step s t) /\ queue s = flat_map from (log step s t) ++ queue (final step s t).
Proof.
  intros H Z T.
  assert (X : forall t s, ok s -> shut s -> Forall (typed (esz s)) t ->
              shut (final step s t) /\ flat_map into (log step s t) = []).
  { clear. induction t as [| o t IH]; intros s H Z T; [auto|].
    apply Forall_cons_iff in T as [T1 T2]. pose proof (step_spec s o H T1) as Y.
    destruct (shut_step s o H Z) as (A & C). rewrite final_cons, log_cons. cbn [flat_map].
    destruct (IH (fst (step s o))) as [D E]; auto.
    - destruct (step s o); simpl in *; tauto.
    - destruct (step s o); simpl in *. destruct Y as (_ & Y & _). now rewrite Y.
    - split; auto. unfold into at 1; simpl. now rewrite C, E. }
  destruct (X t s H Z T) as [A B]. split; auto.
  pose proof (rb12_typed_fifo s t H T) as F. now rewrite B, app_nil_r in F.
Qed.

Theorem rb14_close_shuts s : ok s -> shut (fst (step s (OClose W))) /\ queue (fst (step s (OClose W))) = queue s.
Proof. intro H. split; [unfold shut; simpl; auto|]. apply same_queue. unfold same; simpl; auto. Qed.

(* Everything written before is delivered: a read of a closed stream succeeds while something is left, ... *)
Theorem rb14_everything_before s e q : ok s -> shut s -> closed (r s) = false -> queue s = e :: q ->
  st (snd (step s ORead)) = Ok 0 /\ del (snd (step s ORead)) = [e] /\ queue (fst (step s ORead)) = q.
Proof.
  intros H Z C Q. pose proof (step_spec s ORead H I) as X. cbn [step] in *.
  destruct (ready_spec R s H) as (H1 & S1 & A).
  assert (L : index (r s) < index (w s)) by (apply (f_equal (@length _)) in Q; rewrite queue_length in Q; simpl in Q; lia).
  assert (B : pub (w s) = index (w s)) by (destruct Z as (_ & P & _); clear - H P; okl).
  destruct (ready R s) as [s1 [k | b]]; simpl in *.
  - destruct X as (_ & _ & _ & X). rewrite Q, app_nil_r in X. injection X as X1 X2. rewrite X1, X2. auto.
  - exfalso. unfold peer_limit, bias in A; simpl in A. destruct b; try contradiction; try lia; try congruence.
    destruct A as [_ A]. specialize (A eq_refl). lia.
Qed.

(* ... and the end comes only when nothing is left, *)
Theorem rb14_end_means_all_read s : ok s -> (closed (w s) = true -> shut s) ->
  st (snd (step s ORead)) = Fail EPIPE -> shut s /\ queue s = [].
Proof.
  intros H Z. cbn [step]. pose proof (ready_spec R s H) as (_ & _ & A).
  destruct (ready R s) as [s1 [k | b]]; simpl in *; try discriminate. intro E; injection E as ->.
  destruct A as [A1 A2]. specialize (A2 eq_refl). split; [auto|].
  destruct (Z A1) as (_ & P & _). unfold queue. replace (index (w s) - index (r s)) with 0; auto. clear - H P A2; okl.
Qed.

(* for good: from then on every read, after any operations, says so. *)
Theorem rb14_end_is_sticky s t : ok s -> shut s -> queue s = [] -> Forall (typed (esz s)) t ->
  let a := snd (step (final step s t) ORead) in del a = [] /\ (st a = Fail EPIPE \/ st a = Fail EPERM).
Proof.
  intros H Z Q T. destruct (rb14_nothing_after_close s t H Z T) as [Z' F]. rewrite Q in F.
  symmetry in F. apply app_eq_nil in F as [_ Q'].
  assert (G : good (cap s) (esz s) (final step s t))
    by (apply run_keeps with (K := typed (esz s)); auto using good_step; split; auto).
  destruct G as (H' & _ & _). set (s' := final step s t) in *. clearbody s'. cbn [step].
  assert (L : index (w s') <= index (r s')) by (apply (f_equal (@length _)) in Q'; rewrite queue_length in Q'; simpl in Q'; lia).
  assert (B : pub (w s') = index (w s')) by (destruct Z' as (_ & P & _); clear - H' P; okl).
  unfold ready. replace (index (own R s') =? limit (own R s')) with true
    by (symmetry; apply Nat.eqb_eq; clear - H' L B; okl).
  rewrite orb_true_r. unfold refresh, peer_limit, bias; simpl. rewrite Nat.add_0_r.
  destruct (closed (r s')); [simpl; auto|].
  destruct Z' as (C & _ & _). rewrite C. replace (pub (w s') - index (r s')) with 0 by lia. simpl. auto.
Qed.

Theorem rb14_closed_is_shut c n bw br t : 0 < c -> 1 <= bw -> 1 <= br -> Forall (typed n) t ->
  let s := final step (init c n bw br) t in closed (w s) = true -> shut s.
Proof.
  intros C BW BR T. apply (run_keeps step (fun s => good c n s /\ (closed (w s) = true -> shut s)) (typed n)).
  - intros s o [G Z] T'. split; [now apply good_step|]. apply closed_step; [apply G | exact Z].
  - split; [split; [now apply init_ok | auto] | discriminate].
  - exact T.
Qed.

(* ---- C's arithmetic ---------------------------------------------------------------------------------------- *)

(* gale__ring_known: distances of indices that run through [0, 2 * capacity). *)
Theorem rb10_wrapped_distance c i l : 0 < c -> i <= l -> l <= i + c ->
  let i' := i mod (2 * c) in let l' := l mod (2 * c) in
  (if i' <=? l' then l' - i' else 2 * c - (i' - l')) = l - i.
Proof.
  cbn zeta. intros H A B. pose proof (Nat.div_mod i (2 * c) ltac:(lia)). pose proof (Nat.div_mod l (2 * c) ltac:(lia)).
  pose proof (Nat.mod_upper_bound i (2 * c) ltac:(lia)). pose proof (Nat.mod_upper_bound l (2 * c) ltac:(lia)).
  set (a := i / (2 * c)) in *. set (b := l / (2 * c)) in *.
  set (i' := i mod (2 * c)) in *. set (l' := l mod (2 * c)) in *. clearbody a b i' l'.
  assert (b = a \/ b = a + 1) by nia. destruct (i' <=? l') eqn:E; [rewrite Nat.leb_le in E | rewrite Nat.leb_gt in E]; nia.
Qed.

(* gale__ring_step: the next index and its slot. *)
Theorem rb10_wrapped_step c i n : 0 < c -> i mod c + n <= c ->
  let next := i mod (2 * c) + n in
  (i + n) mod (2 * c) = (if next =? 2 * c then 0 else next) /\
  (i + n) mod c = (if i mod c + n =? c then 0 else i mod c + n).
Proof.
  intros H A next.
  assert (P : forall m, 0 < m -> i mod m + n <= m -> (i + n) mod m = if i mod m + n =? m then 0 else i mod m + n).
  { intros m M L. rewrite <- Nat.add_mod_idemp_l by lia. destruct (_ =? m) eqn:E.
    - rewrite Nat.eqb_eq in E. rewrite E. apply Nat.mod_same. lia.
    - rewrite Nat.eqb_neq in E. apply Nat.mod_small. lia. }
  split; apply P; try lia.
  pose proof (Nat.div_mod i (2 * c) ltac:(lia)) as D. pose proof (Nat.mod_upper_bound i (2 * c) ltac:(lia)).
  assert (E : i mod c = (i mod (2 * c)) mod c).
  { rewrite D at 1. replace (2 * c * (i / (2 * c)) + i mod (2 * c)) with (i mod (2 * c) + (2 * (i / (2 * c))) * c) by lia.
    apply Nat.mod_add. lia. }
  destruct (Nat.lt_ge_cases (i mod (2 * c)) c) as [L | L].
  - rewrite (Nat.mod_small _ _ L) in E. lia.
  - replace (i mod (2 * c)) with ((i mod (2 * c) - c) + 1 * c) in E by lia.
    rewrite Nat.mod_add, (Nat.mod_small (i mod (2 * c) - c)) in E by lia. lia.
Qed.
